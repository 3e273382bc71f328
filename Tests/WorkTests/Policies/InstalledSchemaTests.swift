import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("The schema that was installed")
struct InstalledSchemaTests {
    private let directory = TemporaryDirectory()

    @Test("It is looked for beside the executable, then in the system; where there is none, no line names it")
    func places() {
        let own = directory.write("own/share/virt-cpu/virt-cpu.schema.json", "{}"), system = directory.write("usr/share/virt-cpu/virt-cpu.schema.json", "{}")
        func file(_ executable: String?) -> FilePath? {
            InstalledSchema.file(besides: executable.map { FilePath("\(directory.path)/\($0)") }, in: [FilePath("\(directory.path)/usr")])
        }
        #expect(file("own/bin/virt-cpu") == FilePath(own))
        #expect(file("other/bin/virt-cpu") == FilePath(system))
        #expect(file(nil) == FilePath(system))
        #expect(InstalledSchema.modeline(FilePath(own)) == "# yaml-language-server: $schema=\(own)\n")
        #expect(InstalledSchema.modeline(InstalledSchema.file(besides: nil, in: [])) == "")
    }
}
