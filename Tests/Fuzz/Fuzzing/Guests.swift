import DomainXML
public import Lint

/// Definitions as people have them, to be judged by policies, hosts and maps that nobody has.
public enum Guests {
    private static let definitions: [[UInt8]] = [
        """
        <domain type='kvm'>
          <name>db-1</name>
          <metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
            <libosinfo:os id='http://microsoft.com/win/11'/></libosinfo:libosinfo></metadata>
          <vcpu>4</vcpu>
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
          <features><hyperv><relaxed state='on'/></hyperv></features>
          <cpu mode='host-passthrough' check='none' migratable='on'/>
        </domain>
        """,
        """
        <domain type='kvm'>
          <name>web</name>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <cpu mode='custom' match='exact'>
            <model fallback='allow'>Haswell</model><vendor>Intel</vendor>
            <feature policy='disable' name='hle'/><feature policy='require' name='pcid'/>
          </cpu>
        </domain>
        """,
        "<domain type='qemu'><name>s</name><os><type arch='s390x'>hvm</type></os><cpu mode='host-model'/></domain>",
        "<domain type='kvm'><name>p</name><os><type arch='ppc64le'>hvm</type></os><cpu><model>POWER9</model></cpu></domain>",
        "<domain type='kvm'><name>none</name><os><type arch='x86_64'>hvm</type></os></domain>",
    ].map { Array($0.utf8) }

    /// Judges and rewrites them.
    /// - Returns: messages and output, to be compared.
    public static func judged(by judge: Judge) -> [String] {
        let stream = Stream(judge)
        for definition in definitions {
            let reader = DomainReader(handler: stream)
            do {
                try definition.withUnsafeBytes { try reader.feed($0) }
                try reader.finish()
            } catch {
                broken("a good definition is read", "\(error)")
            }
        }
        return stream.words
    }

    private final class Stream: DomainStreamHandler {
        let judge: Judge
        var words: [String] = []

        init(_ judge: Judge) { self.judge = judge }

        func passThrough(_ bytes: UnsafeRawBufferPointer) {}

        func document(_ document: Document) -> Bool {
            let verdict = judge.judge(document, path: "lab/a.xml")
            words += verdict.remarks.map(\.description)
            for finding in verdict.findings { words += [finding.rule, finding.message] + finding.notes }
            let output = document.applying(verdict.edits)
            expect(Tree(output) != nil, "a rewritten definition is well-formed", String(decoding: output, as: UTF8.self))
            words.append(String(decoding: output, as: UTF8.self))
            return true
        }
    }
}
