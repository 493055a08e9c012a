# shellcheck shell=sh
# The launcher's verb "test", which sources this file: installs what the tests need, checks the shell scripts, and
# builds and tests everything with Maven. Arguments go to Maven.
# shellcheck disable=SC2154 # home, java and jdk are set by the launcher

# What the tests look for on the machine, by Debian's names.
TEST_PACKAGES='tcpdump tshark iproute2 mariadb-server mariadb-client sysbench shellcheck net-tools procps python3 prometheus'

missing_packages() {
    has_libpcap || echo libpcap0.8
    find_java 2>/dev/null && [ -x "$(dirname "$(real_path "$java")")/javac" ] || echo "openjdk-$JAVA_NEEDED-jdk-headless"
    command -v mvn >/dev/null || echo maven
    for package in $TEST_PACKAGES; do
        # shellcheck disable=SC2016 # a field's name for dpkg-query
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

# Installs packages without letting them start a server: the tests start their own, with their own data and port.
install_quietly() {
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        policy=''
    else
        trap 'as_root rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    if ! apt_install "$@"; then
        for package; do apt_install "$package" || say "$package could not be installed; tests that need it will say so"; done
    fi
    for package; do
        case $package in
            mariadb-server) service=mariadb.service ;;
            prometheus) service=prometheus.service ;; # it brings promtool
            *) continue ;;
        esac
        if command -v systemctl >/dev/null; then
            as_root systemctl --quiet disable "$service" || : # nor at the next boot
        fi
    done
    if [ -n "$policy" ]; then as_root rm -f "$policy"; fi
    trap - EXIT INT TERM
}

prepare() {
    # shellcheck disable=SC2046 # names of packages are words
    set -- $(missing_packages)
    if [ $# -eq 0 ]; then return; fi
    if may_install; then
        say "installing what the tests need: $*"
        install_quietly "$@"
    else
        say "missing for the tests: $*"
        say "on Debian: sudo apt-get install $*"
    fi
}

# Every script of the project, by its first line.
shell_scripts() {
    find . -type d \( -name target -o -name .git -o -name node_modules \) -prune \
        -o -type f \( -name '*.sh' -o -perm -u+x \) -print | while read -r file; do
        if head -n 1 "$file" | grep -qE '^#(!.*[/ ](ba|da)?sh| shellcheck shell=)'; then echo "$file"; fi
    done
}

cd "$home" || exit 1
prepare
find_java && find_maven || exit 1
if command -v shellcheck >/dev/null; then
    # shellcheck disable=SC2046 # no script has a space in its name
    shellcheck -x $(shell_scripts) || fail 'shellcheck found something; see above'
else
    say 'shellcheck is missing, so the shell scripts are not checked'
fi
if [ "$(id -u)" != 0 ]; then say 'not root: tests that capture live packets are skipped'; fi
export JAVA_HOME="$jdk"
exec mvn -B --no-transfer-progress -Dstyle.color=never verify "$@" </dev/null
