// swift-tools-version: 6.1
import PackageDescription

let homepage = Context.environment["VIRT_CPU_HOMEPAGE"].flatMap { $0.isEmpty ? nil : $0 }

let package = Package(
    name: "virt-cpu",
    products: [
        .executable(name: "virt-cpu", targets: ["virt-cpu"]),
        .library(name: "VirtCPU", targets: ["LibvirtWords", "DomainXML", "CPUModel", "Hosts", "Lint"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibMD", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
        .systemLibrary(name: "CExtendedAttributes"),
        .target(name: "CCPUID"),
        // The address of the project, which reports link to: make build HOMEPAGE=https://…
        .target(name: "CHomepage", cSettings: homepage.map { [.define("VIRT_CPU_HOMEPAGE", to: "\"\($0)\"")] } ?? []),

        // The words and architectures of libvirt that the other modules share, and searches in text.
        .target(name: "LibvirtWords"),
        // Bytes in, domains with byte spans out. Knows no CPU models.
        .target(name: "DomainXML", dependencies: ["LibvirtWords", "XMLTree", "CLibXML2"]),
        // Small documents of other kinds (capabilities, the CPU map) as a tree of values.
        .target(name: "XMLTree", dependencies: ["CLibXML2"]),
        // What CPUs are, as values: no XML, no files.
        .target(name: "CPUModel", dependencies: ["LibvirtWords"]),
        // Where a host's CPU comes from.
        .target(
            name: "Hosts",
            dependencies: [
                "LibvirtWords", "CPUModel", "CCPUID", "CLibMD", "XMLTree", .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        // Policy, guests, rules, targets.
        .target(name: "Lint", dependencies: ["LibvirtWords", "DomainXML", "CPUModel", "Hosts", "XMLTree", "CLibYAML"]),
        // Findings, tables and diffs as text.
        .target(
            name: "Reports", dependencies: ["CHomepage", "LibvirtWords", "Lint", "Hosts", "CPUModel", "DomainXML", "XMLTree"],
            resources: [.embedInCode("Fleet/Page/page.html"), .embedInCode("Fleet/Page/page.css"), .embedInCode("Fleet/Page/page.js")]
        ),
        // The work itself: inputs, git, policies, hooks.
        .target(
            name: "Work",
            dependencies: [
                "CCPUID", "CExtendedAttributes", "LibvirtWords", "DomainXML", "CPUModel", "Hosts", "Lint", "Reports",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        // A language server for editors.
        .target(
            name: "LanguageServer",
            dependencies: [
                "Work", "Reports", "Lint", "Hosts", "CPUModel", "DomainXML", "LibvirtWords",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        // The command line.
        .executableTarget(
            name: "virt-cpu",
            dependencies: [
                "LanguageServer", "Work", "LibvirtWords", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),

        // Writes Sources/CPUModel/BuiltIn/BuiltInCPUMap.swift (make cpu-map).
        .executableTarget(name: "generate-cpu-map", dependencies: ["CPUModel", "Hosts"]),
        // Asks a QEMU what its models are, and writes Sources/CPUModel/BuiltIn/BuiltInQEMUModels.swift (make qemu-models).
        .executableTarget(name: "generate-qemu-models", dependencies: ["CPUModel"]),
        // Writes what the pages and the policy's schema say about rules (make docs).
        .executableTarget(
            name: "generate-docs",
            dependencies: ["Hosts", "Lint", "Reports", .product(name: "SystemPackage", package: "swift-system")]
        ),

        // Times of the CPU model's operations, for make bench.
        .executableTarget(
            name: "cpu-model-bench", dependencies: ["CPUModel", "Hosts", "XMLTree"], path: "Tests/Bench/CPUModelBench"),

        // Mutated definitions against a second opinion, for make torture.
        .target(name: "Oracle", dependencies: ["CLibXML2"], path: "Tests/Torture/Oracle"),
        .executableTarget(
            name: "torture-mutations", dependencies: ["DomainXML", "Hosts", "Lint", "Work", "TestSupport", "Oracle"],
            path: "Tests/Torture/Mutations"),

        // What the test targets share: test data, temporary files, and programs that are run.
        .target(name: "TestSupport", dependencies: ["DomainXML", "XMLTree"], path: "Tests/Support"),
        .testTarget(name: "LibvirtWordsTests", dependencies: ["LibvirtWords", "XMLTree", "TestSupport"]),
        .testTarget(name: "XMLTreeTests", dependencies: ["XMLTree"]),
        .testTarget(name: "DomainXMLTests", dependencies: ["DomainXML", "TestSupport"]),
        .testTarget(
            name: "CPUModelTests",
            dependencies: [
                "CPUModel", "Hosts", "XMLTree", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        .testTarget(name: "HostsTests", dependencies: ["Hosts", "CPUModel", "XMLTree", "TestSupport"]),
        .testTarget(name: "LintTests", dependencies: ["Lint", "CPUModel", "Hosts", "XMLTree", "TestSupport"]),
        // A rule of another program. Without package access, it compiles only with what the library makes public.
        .testTarget(name: "OwnRuleTests", dependencies: ["DomainXML", "Lint"], packageAccess: false),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Lint", "Hosts", "CPUModel", "DomainXML", "XMLTree", "TestSupport"]),
        .testTarget(
            name: "WorkTests",
            dependencies: [
                "Work", "Reports", "Lint", "Hosts", "CPUModel", "DomainXML", "XMLTree", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(
            name: "LanguageServerTests",
            dependencies: [
                "LanguageServer", "Work", "Reports", "Lint", "CPUModel", "DomainXML", "TestSupport", "virt-cpu",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "virt-cpu", "generate-docs", "Work", "Reports", "DomainXML", "Lint", "TestSupport", "XMLTree",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// The fuzzers (make fuzz) have libFuzzer's main and no other: they link with --sanitize fuzzer only.
if Context.environment["VIRT_CPU_FUZZ"] != nil {
    func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(name: name, dependencies: ["Fuzzing"] + dependencies, path: "Tests/Fuzz/\(name)")
    }
    package.targets += [
        .target(name: "Fuzzing", dependencies: ["CLibXML2", "DomainXML", "Hosts", "Lint"], path: "Tests/Fuzz/Fuzzing"),
        fuzzer("FuzzDomain", ["DomainXML", "Lint"]),
        fuzzer("FuzzPolicy", ["Lint"]),
        fuzzer("FuzzHosts", ["Hosts", "Lint"]),
        fuzzer("FuzzCPUMap", ["Hosts", "Lint"]),
        fuzzer("FuzzEditor", ["LanguageServer", "Work"]),
        fuzzer("FuzzGit", ["Reports", "Work"]),
    ]
}
