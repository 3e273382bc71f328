import DomainXML
import Glibc
import Lint
import Synchronization
import SystemPackage

/// What one definition came to.
struct Report: Sendable {
    /// Findings, as the format prints them.
    var findings: [String] = []
    /// Why something could not be done.
    var failures: [String] = []
    /// Said once a run.
    var remarks: [String] = []
    /// What would change.
    var diff: [UInt8] = []
    var tally = Tally()
}

/// What is counted.
struct Tally: Sendable {
    var domains = 0, files = 0
    var errors = 0, warnings = 0, notes = 0, fixed = 0
    /// Findings at or above `--fail-on`.
    var found = false

    mutating func add(_ other: Tally) {
        domains += other.domains
        files += other.files
        errors += other.errors
        warnings += other.warnings
        notes += other.notes
        fixed += other.fixed
        found = found || other.found
    }

    mutating func count(_ finding: Finding) {
        if finding.isFixed {
            fixed += 1
            return
        }
        switch finding.severity {
        case .error: errors += 1
        case .warning: warnings += 1
        case .note: notes += 1
        }
    }
}

/// Policies and git's objects, for several threads.
final class CheckSources: Sendable {
    let lookup: Mutex<PolicyLookup>
    private let objects: Mutex<GitObjects?>

    init(_ lookup: sending PolicyLookup) {
        self.lookup = Mutex(lookup)
        objects = Mutex(nil)
    }

    func policy(for definition: Definition) throws -> PolicyLookup.Prepared {
        try lookup.withLock { try $0.judge(for: definition) }
    }

    func blob(_ id: String) throws -> [UInt8] {
        try objects.withLock { objects in
            if objects == nil { objects = try GitObjects() }
            return try objects!.content(of: id)
        }
    }
}

/// Judges definitions, one after the other. One thread's.
final class Checker {
    enum Mode: Sendable { case report, diff, fix }

    private let options: JudgingOptions
    private let mode: Mode
    private let sources: CheckSources
    private let reporter: any Reporter
    private let streamReporter: any Reporter
    private var judges: [ObjectIdentifier: Judge] = [:]

    init(_ options: JudgingOptions, mode: Mode, _ sources: CheckSources) {
        self.options = options
        self.mode = mode
        self.sources = sources
        let descriptor = mode == .diff ? STDERR_FILENO : STDOUT_FILENO
        reporter = options.reporter(on: descriptor, namesDomains: false)
        streamReporter = options.reporter(on: descriptor, namesDomains: true)
    }

    /// - Parameter earlier: of the definition's domains, in their order; nil where nobody asked.
    func check(_ definition: Definition, earlier: [EarlierVersion]?) -> Report {
        var report = Report()
        do {
            switch mode {
            case .report: try judge(definition, earlier, &report)
            case .diff, .fix: try mend(definition, earlier, &report)
            }
        } catch {
            report.failures.append((error as? any Failure)?.shown ?? "\(error)")
        }
        return report
    }

    private func judge(_ definition: Definition, _ earlier: [EarlierVersion]?, _ report: inout Report) throws {
        let pass = try JudgingPass(judge(for: definition), path(of: definition), earlier, keepsBytes: false)
        defer { add(pass, of: definition, to: &report) }
        try Self.read(definition, sources, options.maxDomainSize, into: pass)
    }

    /// Applies what is fixable until nothing is left of it: a fix may bring up another one.
    private func mend(_ definition: Definition, _ earlier: [EarlierVersion]?, _ report: inout Report) throws {
        let original = try Self.content(of: definition, sources)
        var bytes = original
        var fixed: [Finding] = []
        for turn in 0..<8 {
            let pass = try JudgingPass(judge(for: definition), path(of: definition), earlier, keepsBytes: turn < 7)
            do {
                try Self.read(bytes, named: definition.name, options.maxDomainSize, into: pass)
            } catch {
                add(pass, of: definition, to: &report)
                throw error
            }
            if pass.fixed.isEmpty {
                pass.findings = fixed + pass.findings
                if mode == .diff {
                    report.diff = UnifiedDiff.text(path: Array(definition.name.utf8), from: original, to: bytes)
                } else if bytes != original, let file = definition.file {
                    do {
                        try FileReplacement.replace(file, from: original, with: bytes)
                    } catch {
                        // Nothing was fixed: what was found is still there.
                        try judge(definition, earlier, &report)
                        throw error
                    }
                }
                add(pass, of: definition, to: &report)
                return
            }
            fixed += pass.fixed
            bytes = pass.bytes
        }
    }

    private func judge(for definition: Definition) throws -> (Judge) -> Void { { _ in } }

    private func path(of definition: Definition) -> String? { nil }

    private func add(_ pass: JudgingPass, of definition: Definition, to report: inout Report) {
        let reporter = definition.isStream ? streamReporter : reporter
        report.remarks += pass.remarks
        report.tally.domains += pass.domains
        report.tally.files = 1
        for finding in pass.findings {
            report.tally.count(finding)
            report.tally.found = report.tally.found || options.counts(finding)
            if options.shows(finding) { report.findings.append(reporter.lines(for: finding, in: definition.name)) }
        }
    }
}
