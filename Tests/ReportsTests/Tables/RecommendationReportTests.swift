import CPUModel
import Hosts
import Lint
import Reports
import TestSupport
import Testing

@Suite("A recommendation in words")
struct RecommendationReportTests {
    private func report(_ words: CPUWords = .libvirt, _ hosts: (name: String, model: String, vendor: String)...) throws -> RecommendationReport {
        let check = StartCheck(hosts: hosts.map {
            Host(name: $0.name, cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: $0.model, vendor: $0.vendor))
        })
        let answer = try check.recommendation()
        return RecommendationReport(answer, words, effects: answer.choices.map { _ in [] })
    }

    @Test("The answer comes first, then each choice with its CPU and what it costs")
    func text() throws {
        let report = try report(.libvirt, ("old", "Haswell-noTSX-IBRS", "Intel"), ("new", "Skylake-Server-noTSX-IBRS", "Intel"))
        #expect(report.hasAnswer)
        let parts = report.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(parts[0].hasPrefix("Haswell-noTSX-IBRS probably runs on both hosts; "))
        #expect(parts.filter { $0.contains(": ") && !$0.hasPrefix(" ") }.map { String($0) } == [
            "Fastest that migrates everywhere: Haswell-noTSX-IBRS", "Most portable: Haswell-noTSX-IBRS",
            "For Haswell only (old): Haswell-noTSX-IBRS", "For Skylake-Server only (new): Skylake-Server-noTSX-IBRS",
        ])
        #expect(report.text.contains("\n  level         x86-64-v3\n  costs         "))
        #expect(report.text.contains("\n  held back by  old, which lacks "))
        #expect(parts.count { $0 == "      <model fallback='forbid'>Haswell-noTSX-IBRS</model>" } == 3)
    }

    @Test("Hosts of two vendors: a running guest is not promised to move")
    func vendors() throws {
        let text = try report(.libvirt, ("i", "Skylake-Server-noTSX-IBRS", "Intel"), ("a", "EPYC-Rome", "AMD")).text
        #expect(text.contains("of Intel, AMD. Guests start on all of them, but a running guest cannot be relied on to move between vendors.\n"))
        #expect(text.contains("Fastest that starts everywhere") && !text.contains("migrates"))
    }

    @Test("One choice in its words only, for a file")
    func words() throws {
        let report = try report(.openstack, ("old", "Haswell-noTSX-IBRS", "Intel"))
        #expect(report.words(of: .fastest) == "[libvirt]\ncpu_mode = custom\ncpu_models = Haswell-noTSX-IBRS\n")
        #expect(report.words(of: .generation) == "", "there is one generation")
    }

    @Test("Of several generations, a comment before each CPU names its hosts", arguments: [
        (CPUWords.openstack, "# For ", "\n[libvirt]\n"), (.libvirt, "<!-- For ", " -->\n<cpu "), (.kubevirt, "# For ", "\ncpu:\n"), (.terraform, "# For ", "\ncpu = {\n"),
    ])
    func generations(_ words: CPUWords, _ opening: String, _ after: String) throws {
        let text = try report(words, ("old", "Haswell-noTSX-IBRS", "Intel"), ("hv--1", "Skylake-Server-noTSX-IBRS", "Intel")).words(of: .generation)
        #expect(text.hasPrefix(opening) && text.contains("only (old)\(after)"))
        #expect(text.contains(words == .libvirt ? "only (hv- -1)\(after)" : "only (hv--1)\(after)"))
    }

    @Test("No answer: the line says why")
    func none() throws {
        let report = try report(.libvirt, ("old", "pentium3", "Intel"), ("hv", "EPYC", "AMD"))
        #expect(!report.hasAnswer && report.text.hasPrefix("no CPU runs on both hosts: "))
    }

    @Test("For programs: the choices with their parts")
    func json() throws {
        let json = try JSON(try report(.kubevirt, ("old", "Haswell-noTSX-IBRS", "Intel")).json.text[...])
        #expect(json["hosts"] == .array([.string("old")]))
        guard case .array(let choices)? = json["choices"] else {
            Issue.record("no choices")
            return
        }
        #expect(choices.map { $0["kind"] } == [.string("fastest"), .string("portable")])
        #expect(choices[0]["model"] == .string("Haswell-noTSX-IBRS") && choices[0]["level"] == .string("x86-64-v3"))
        #expect(choices[0]["certain"] == .bool(false), "only the processor is known")
        #expect(choices[0]["words"] == .string("cpu:\n  model: Haswell-noTSX-IBRS\n"))
    }
}
