import Glibc
import TestSupport

/// What each commit should be told is from the design: the guest-visible CPU decides, and its brand string follows the
/// model's name; what only bytes show is silent.
extension HistoryTests {
    private static let windowsID = "microsoft.com/win/2k19"
    private static let seen = "Windows sees a different CPU"
    private static let can = "can trigger reactivation"

    static let beginning = [
        Commit(
            "the first commit: everything is new, nothing is a change",
            [
                Found("warning", "host-passthrough", "vms/gpu.xml"),
                Found("warning", "hypervisor-default", "vms/old.xml", "qemu64"),
            ]
        ) { repository in
            repository.write(".virt-cpu.yaml", "default: keep\nguests: [{match: {name: 'till-*'}, os: windows}]\n")
            repository.write("vms/web.xml", Fleet.guest("web", 11, os: "debian.org/debian/12", cpu: Fleet.model("EPYC")))
            repository.write(
                "vms/db.xml",
                Fleet.guest("db", 12, os: windowsID, features: Fleet.enlightenments, cpu: Fleet.model("EPYC")))
            repository.write("vms/ad.xml", Fleet.guest("ad", 13, features: Fleet.enlightenments, cpu: Fleet.model("Haswell-noTSX")))
            repository.write("vms/till.xml", Fleet.guest("till-3", 14, cpu: Fleet.model("Haswell-noTSX")))
            repository.write(
                "vms/pool.xml",
                Fleet.guest("build", 15, cpu: Fleet.model("Nehalem"))
                    + Fleet.guest("print", 16, os: windowsID, cpu: Fleet.model("Westmere"))
                    + Fleet.guest("cad", 17, os: "microsoft.com/win/10", cpu: Fleet.model("EPYC")))
            repository.write("vms/gpu.xml", Fleet.guest("gpu", 18, cpu: "<cpu mode='host-passthrough'/>").replacing(">4<", with: ">1<"))
            repository.write("vms/old.xml", Fleet.guest("old", 19, machine: "pc-i440fx-6.0"))
            repository.write("vms/lab.xml", Fleet.guest("lab", 20, cpu: Fleet.following))
            repository.write("README", "Our guests.\n")
        },
        Commit("a text that is no definition") { $0.write("README", "Our guests, and whose they are.\n") },
    ]

    /// Files, names and uuids: by which a guest is followed.
    static let names = [
        Commit("a file gets another name") { $0.git("mv", "vms/db.xml", "vms/db-1.xml") },
        Commit("a file gets another directory, and its guest more memory") { repository in
            repository.directory.makeDirectory("vms/windows")
            repository.git("mv", "vms/db-1.xml", "vms/windows/db.xml")
            repository.edit("vms/windows/db.xml", ">8388608<", ">16777216<")
        },
        Commit("a domain moves out of a file of three") { repository in
            repository.edit("vms/pool.xml") { $0.replacing(/(?s)<domain type='kvm'>\n  <name>print.*?<\/domain>\n/, with: "") }
            repository.write("vms/windows/print.xml", Fleet.guest("print", 16, os: windowsID, cpu: Fleet.model("Westmere")))
        },
        Commit(
            "and moves back with another CPU",
            [Found("error", "windows-cpu-change", "vms/pool.xml", seen, "Westmere → Nehalem", can, "earlier version: vms/windows/print.xml")]
        ) { repository in
            unlink("\(repository.path)/vms/windows/print.xml")
            repository.edit("vms/pool.xml") {
                Fleet.guest("print", 16, os: windowsID, cpu: Fleet.model("Nehalem")) + $0
            }
        },
        Commit("the domains of a file stand in another order") { repository in
            repository.edit("vms/pool.xml") { text in
                text.split(separator: "</domain>\n").reversed().map { $0 + "</domain>\n" }.joined()
            }
        },
        Commit("another uuid") { $0.edit("vms/windows/db.xml", "4f1012<", "4fff12<") },
        Commit(
            "another uuid and another CPU: the name tells who it is",
            [Found("error", "windows-cpu-change", "vms/windows/db.xml", "EPYC → EPYC-IBPB", "earlier version: vms/windows/db.xml")]
        ) { repository in
            repository.edit("vms/windows/db.xml", "4fff12<", "4f1012<")
            repository.edit("vms/windows/db.xml", ">EPYC<", ">EPYC-IBPB<")
        },
        Commit("another name") { $0.edit("vms/windows/db.xml", "<name>db<", "<name>db-server<") },
        Commit(
            "another name and another CPU: the uuid tells",
            [Found("error", "windows-cpu-change", "vms/windows/db.xml", "EPYC-IBPB → EPYC", "earlier version: vms/windows/db.xml")]
        ) { repository in
            repository.edit("vms/windows/db.xml", "<name>db-server<", "<name>db<")
            repository.edit("vms/windows/db.xml", ">EPYC-IBPB<", ">EPYC<")
        },
        Commit("name and uuid: the path tells, and nothing changed") { repository in
            repository.edit("vms/windows/db.xml", "<name>db<", "<name>sql<")
            repository.edit("vms/windows/db.xml", "4f1012<", "4f1099<")
        },
        Commit("two guests swap their names: each keeps its uuid, and its CPU") { repository in
            repository.edit("vms/windows/db.xml", "<name>sql<", "<name>ad<")
            repository.edit("vms/ad.xml", "<name>ad<", "<name>sql<")
        },
        Commit(
            "a file's name and its guest's CPU in one commit",
            [Found("error", "windows-cpu-change", "vms/windows/ad.xml", "Haswell-noTSX → EPYC", "AMD EPYC Processor", "earlier version: vms/ad.xml")]
        ) { repository in
            repository.git("mv", "vms/ad.xml", "vms/windows/ad.xml")
            repository.edit("vms/windows/ad.xml", ">Haswell-noTSX<", ">EPYC<")
        },
        Commit(
            "a guest is copied, and its uuid with it",
            remark: "several domains share the UUID 6b0f5d22-0d5c-4c4e-9a51-5e0f0c4f1011: web-2 in vms/copy.xml, web in vms/web.xml"
        ) { repository in
            let copy = repository.text("vms/web.xml").replacing("<name>web<", with: "<name>web-2<")
            repository.write("vms/copy.xml", copy.replacing("6b0f5d22-0d5c", with: "6B0F5D220D5C"))
        },
        Commit("the copy gets a uuid of its own") { $0.edit("vms/copy.xml", "4f1011<", "4f1021<") },
        Commit("a guest is deleted") { unlink("\($0.path)/vms/copy.xml") },
        Commit("a Windows guest is new, and its CPU is named") { repository in
            repository.write("vms/windows/new.xml", Fleet.guest("new", 22, os: windowsID, cpu: Fleet.model("EPYC-Rome")))
        },
        Commit(
            "another is new, and its CPU is the host's",
            [Found("warning", "windows-unstable-cpu", "vms/windows/newer.xml", "host-model", "libosinfo id http://microsoft.com/win/2k19")]
        ) { repository in
            repository.write("vms/windows/newer.xml", Fleet.guest("newer", 23, os: windowsID, cpu: Fleet.following))
        },
    ]

    /// What only git sees.
    static let noise = [
        Commit("CRLF") { $0.edit("vms/windows/db.xml") { $0.replacing("\n", with: "\r\n") } },
        Commit("and LF again") { $0.edit("vms/windows/db.xml") { $0.replacing("\r\n", with: "\n") } },
        Commit("a comment inside <cpu>") {
            $0.edit("vms/windows/db.xml", "    <topology", "    <!-- licence for one socket -->\n    <topology")
        },
        Commit("the comment says something else") { $0.edit("vms/windows/db.xml", "licence for one", "licensed by the") },
        Commit("indentation, quotes, the order of attributes, empty elements written out") { repository in
            repository.edit("vms/windows/db.xml") {
                $0.replacing("\n  ", with: "\n\t").replacing("'", with: "\"")
                    .replacing("<topology sockets=\"1\" cores=\"4\" threads=\"1\"/>", with: "<topology\n\t threads=\"1\" cores=\"4\"\n\t sockets=\"1\"></topology>")
            }
        },
        Commit("attributes the other way round in <cpu>") {
            $0.edit("vms/windows/db.xml", "<cpu mode=\"custom\" match=\"exact\">", "<cpu match=\"exact\" mode=\"custom\">")
        },
        Commit("defaults that are said or left out: mode, match, check, fallback") {
            $0.edit("vms/windows/db.xml", "<cpu match=\"exact\" mode=\"custom\">", "<cpu check=\"partial\">")
        },
        Commit("the order of elements: <cpu> before <features>") { repository in
            repository.edit("vms/web.xml") { text in
                let cpu = text.firstMatch(of: /(?s)  <cpu.*<\/cpu>\n/)!.output
                return text.replacing(cpu, with: "").replacing("  <features>", with: cpu + "  <features>")
            }
        },
        Commit("a file's mode") { chmod("\($0.path)/vms/web.xml", 0o755) },
        Commit("UTF-8 becomes UTF-16") { repository in
            let text = repository.text("vms/till.xml")
            repository.writeUTF16("vms/till.xml", "<?xml version='1.0' encoding='UTF-16'?>\n<!-- Größe -->\n" + text)
        },
        Commit(
            "and in UTF-16 another CPU",
            [Found("error", "windows-cpu-change", "vms/till.xml:16:3", "Haswell-noTSX → Westmere", "treated as Windows: the policy says so")]
        ) { repository in
            let text = Fleet.guest("till-3", 14, cpu: Fleet.model("Westmere"))
            repository.writeUTF16("vms/till.xml", "<?xml version='1.0' encoding='UTF-16'?>\n<!-- Größe -->\n" + text)
        },
        Commit("and UTF-8 again") { $0.write("vms/till.xml", Fleet.guest("till-3", 14, cpu: Fleet.model("Westmere"))) },
        Commit("disks, networks, a title, metadata") { repository in
            repository.edit("vms/windows/db.xml", "br0", "br1")
            repository.edit("vms/windows/db.xml", "12.qcow2", "120.qcow2")
            repository.edit("vms/windows/db.xml", "<metadata>", "<title>database</title>\n\t<metadata>")
        },
    ]
}

/// What git does besides.
extension HistoryTests {
    private static let db = "vms/windows/db.xml"

    static let gitsWays = [
        Commit(
            "a part of what was edited is staged",
            [Found("error", "windows-cpu-change", db, "EPYC-Rome → EPYC-Milan")], stagesAll: false
        ) { repository in
            repository.edit(db, ">EPYC-Rome<", ">EPYC-Milan<")
            repository.git("add", db)
            repository.edit(db, ">EPYC-Milan<", ">EPYC-Rome<")
            repository.edit("vms/till.xml", ">Westmere-IBRS<", ">no-such-model<")
        },
        Commit("the rest is taken back") { repository in repository.git("checkout", "--", ".") },
        Commit(
            "a merge: what the branch brings",
            [Found("error", "windows-cpu-change", "vms/till.xml", "Westmere-IBRS → Nehalem")]
        ) { repository in
            repository.git("checkout", "-q", "-b", "side")
            repository.edit("vms/till.xml", ">Westmere-IBRS<", ">Nehalem<")
            repository.commit("on the branch")
            repository.git("checkout", "-q", "main")
            repository.edit("vms/lab.xml", ">EPYC<", ">EPYC-IBPB<")
            repository.commit("meanwhile")
            repository.git("merge", "-q", "--no-ff", "--no-commit", "side")
        },
        Commit(
            "and takes it back",
            [Found("error", "windows-cpu-change", "vms/till.xml", "Nehalem → Westmere-IBRS")]
        ) { $0.git("revert", "--no-commit", "-m", "1", "HEAD") },
        Commit("the policy alone") { $0.edit(".virt-cpu.yaml", "default: keep\n", "default: keep\nrules: {host-passthrough: error}\n") },
        Commit(
            "a file makes way for a directory of its name",
            [Found("error", "host-passthrough", "vms/gpu.xml/definition.xml")]
        ) { repository in
            let text = repository.text("vms/gpu.xml")
            unlink("\(repository.path)/vms/gpu.xml")
            repository.write("vms/gpu.xml/definition.xml", text)
        },
        Commit("nothing at all") { _ in },
    ]
}
