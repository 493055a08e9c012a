package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.junit.jupiter.api.Test;

class PermissionsTest {
    private static final String BEGIN =
            "Allow it: kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:NAME ";

    private final Permissions permissions = new Permissions("b:1", "app");

    @Test
    void captureTopicIsReadAndTheOthersAreWritten() {
        assertThat(permissions.remedy(new TopicAuthorizationException(Set.of("loopscope.capture.v1"))))
                .isEqualTo(BEGIN + "--operation Read --operation Describe --topic loopscope.capture.v1");
        assertThat(permissions.remedy(
                        new TopicAuthorizationException(Set.of("loopscope.census.v1", "loopscope.anomalies.v1"))))
                .isEqualTo(BEGIN + "--operation Write --operation Describe --topic loopscope.anomalies.v1\n  " + BEGIN
                        + "--operation Write --operation Describe --topic loopscope.census.v1");
    }

    @Test
    void whatIsTheProcessorsOwnIsAllowedByItsPrefixOnce() {
        assertThat(permissions.remedy(
                        new TopicAuthorizationException(Set.of("app-hosts-changelog", "app-agents-changelog"))))
                .isEqualTo(BEGIN + "--operation All --topic app --resource-pattern-type prefixed");
        assertThat(permissions.remedy(new TransactionalIdAuthorizationException("no")))
                .isEqualTo(
                        BEGIN
                                + "--operation Write --operation Describe --transactional-id app --resource-pattern-type prefixed");
    }

    @Test
    void groupAndClusterAndPassword() {
        assertThat(permissions.remedy(GroupAuthorizationException.forGroupId("app")))
                .isEqualTo(BEGIN + "--operation Read --group app");
        assertThat(permissions.remedy(new ClusterAuthorizationException("no")))
                .contains("--operation Create --cluster")
                .contains("topics.create: false");
        assertThat(permissions.remedy(new SaslAuthenticationException("no"))).contains("credentials");
    }
}
