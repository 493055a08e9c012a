package io.loopscope.standalone.up;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/** Lets through what Loopscope logs. */
final class OwnOnly extends Filter<ILoggingEvent> {
    @Override
    public FilterReply decide(ILoggingEvent event) {
        return event.getLoggerName().startsWith("io.loopscope") ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
