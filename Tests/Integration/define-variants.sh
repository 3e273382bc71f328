#!/bin/bash
# Asks a running libvirt which <cpu> elements it takes, and prints the answers as the table define-variants.tsv.
#
#     Tests/Integration/define-variants.sh | diff Tests/Integration/define-variants.tsv -
#
# Each variant of define-variants.in goes into a minimal domain (4 vCPUs, 1 GiB, q35, no devices), which is defined
# and undefined again, with --validate (grammar, parser, QEMU driver) and without (parser, QEMU driver). Nothing is
# started. The committed table is libvirt 9.0.0 with QEMU 7.2, as in Debian 12; other versions word things differently.
#
# LIBVIRT_URI names another connection than qemu:///system. It takes 20 s; minutes where libvirt's QEMU user may not open
# /dev/kvm (udev's kvm group, or `user` in qemu.conf), because libvirt then examines QEMU anew each time.
#
# Exit status: 0 printed, 77 skipped (said on stderr), 1 the daemon failed half-way.
set -u
export LC_ALL=C LANGUAGE=

here=$(cd "$(dirname "$0")" && pwd)
uri=${LIBVIRT_URI:-qemu:///system}
name=virt-cpu-define-variant

skip() {
    echo "define-variants: skipped: $1" >&2
    exit 77
}

command -v virsh >/dev/null || skip "no virsh here (apt-get install libvirt-clients libvirt-daemon-system qemu-system-x86)"
[ "$(uname -m)" = x86_64 ] || skip "the variants are for x86_64, this is $(uname -m)"
versions=$(timeout 20 virsh -c "$uri" version 2>&1) ||
    skip "no libvirt daemon answers at $uri (virtlogd -d; libvirtd -d): $(printf '%s\n' "$versions" | grep -m1 ^error)"
for type in kvm qemu; do
    timeout 60 virsh -c "$uri" domcapabilities --virttype $type --arch x86_64 --machine q35 >/dev/null 2>&1 ||
        skip "libvirt at $uri offers no '$type' domains on q35"
done
virsh -c "$uri" domuuid $name >/dev/null 2>&1 && skip "a domain named $name is already defined; undefine it first"

case $versions in
*'library: libvirt 9.0.'*) ;;
*) echo "define-variants: note: this is not libvirt 9.0, so the verdicts need not be those of define-variants.tsv" >&2 ;;
esac

work=$(mktemp -d) || exit 1
trap 'virsh -c "$uri" undefine $name >/dev/null 2>&1; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# try FLAG…: sets verdict and message from one `virsh define`.
try() {
    message=-
    if virsh -q -c "$uri" define "$@" "$work/domain.xml" </dev/null >/dev/null 2>"$work/err"; then
        verdict=accept
        virsh -q -c "$uri" undefine $name </dev/null >/dev/null || { echo "define-variants: cannot undefine $name" >&2; exit 1; }
        return
    fi
    verdict=refuse
    # Of "error: Failed to define domain from FILE" and "error: REASON", the reason; nothing that differs from run to run.
    message=$(sed -n -e '/^error: Failed to define domain/d' -e 's/^error: //' \
        -e 's/^\(XML document failed to validate against schema\).*/\1/' -e 's/[[:space:]]\{1,\}/ /g' -e 'p;q' "$work/err")
    case $message in
    *'failed to connect'* | *'End of file'* | *'client socket is closed'*) echo "define-variants: $message" >&2; exit 1 ;;
    esac
}

# The comment block that heads the list explains the table: it is printed with it.
sed '/^$/q' "$here/define-variants.in"
printf 'id\ttype\tvalidate\tdefine\tv11_validate\tv11_define\tmessage\tcpu\n'

while IFS=$'\t' read -r id type v11_validate v11_define cpu; do
    case $id in
    '' | '#'*) continue ;;
    esac
    cat >"$work/domain.xml" <<EOF
<domain type='$type'>
  <name>$name</name>
  <memory unit='KiB'>1048576</memory>
  <vcpu>4</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  $cpu
</domain>
EOF
    try --validate
    validate=$verdict reason=$message
    try
    define=$verdict
    [ "$define" = refuse ] && reason=$message
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
        "$id" "$type" "$validate" "$define" "$v11_validate" "$v11_define" "$reason" "$cpu"
done <"$here/define-variants.in"
