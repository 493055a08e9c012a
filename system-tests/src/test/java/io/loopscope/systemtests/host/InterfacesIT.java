package io.loopscope.systemtests.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can be captured, with and without what that needs. */
class InterfacesIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private final HostVerbs verbs = new HostVerbs(PROCESSES);

    @BeforeAll
    static void needs() {
        Needs.root();
        Needs.programs("unshare", "setpriv", "ip");
    }

    @Test
    void theLoopbackInterfaceIsFirstAndTheDefault() {
        var ran = verbs.run(List.of(), "interfaces", "-o", "json");

        assertThat(ran.code()).isZero();
        JsonNode lo = ran.json().path("interfaces").path(0);
        assertThat(lo.path("name").asText()).isEqualTo("lo");
        assertThat(lo.path("loopback").asBoolean()).isTrue();
        assertThat(lo.path("up").asBoolean()).isTrue();
        assertThat(lo.path("default").asBoolean()).isTrue();
        assertThat(lo.path("addresses").toString()).contains("127.0.0.1");
        assertThat(ran.json().path("capturable").asBoolean()).isTrue();
        assertThat(verbs.run(List.of(), "interfaces").out())
                .contains("lo ", "127.0.0.1")
                .doesNotContain("\u001b");
    }

    @Test
    void anOrdinaryUserSeesTheSameAndIsToldWhatIsMissing() {
        JsonNode asRoot = verbs.run(List.of(), "interfaces", "-o", "json").json();
        var ran = verbs.run(HostVerbs.asOrdinaryUser(), "interfaces", "-o", "json");

        assertThat(ran.code()).isZero();
        assertThat(ran.json().path("interfaces").path(0))
                .isEqualTo(asRoot.path("interfaces").path(0));
        assertThat(ran.json().path("capturable").asBoolean()).isFalse();
        assertThat(ran.json().path("limitations").toString()).contains("CAP_NET_RAW", "setpriv");
    }

    @Test
    void anInterfaceThatIsDownIsShownSo() {
        var ran = verbs.run(HostVerbs.IN_NEW_NAMESPACE, "interfaces", "-o", "json");

        JsonNode lo = ran.json().path("interfaces").path(0);
        assertThat(lo.path("name").asText()).isEqualTo("lo");
        assertThat(lo.path("up").asBoolean()).isFalse();
    }

    @Test
    void withoutLibpcapWhatHasAddressesIsListed() {
        var ran = verbs.run(HostVerbs.WITHOUT_LIBPCAP, "interfaces", "-o", "json");

        assertThat(ran.code()).isZero();
        assertThat(ran.json().path("interfaces").path(0).path("name").asText()).isEqualTo("lo");
        assertThat(ran.json().path("capturable").asBoolean()).isFalse();
        assertThat(ran.json().path("limitations").toString()).contains("libpcap cannot be loaded", "apt install");
    }
}
