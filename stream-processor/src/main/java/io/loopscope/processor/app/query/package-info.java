/** Interactive Queries: what the stores of all processors hold, asked of any of them. */
@org.jspecify.annotations.NullMarked
package io.loopscope.processor.app.query;
