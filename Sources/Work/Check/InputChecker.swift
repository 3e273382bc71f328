import DomainXML
import Lint
import Reports

/// Checks inputs one after the other. Each thread has its own.
final class InputChecker {
    private let settings: Settings
    private let mode: CheckMode
    private let sources: InputSources
    private let earlier: EarlierSide?
    private let reporter: any Reporter
    private let streamReporter: any Reporter
    private let reader: DomainReader

    init(_ settings: Settings, mode: CheckMode, _ sources: InputSources, _ earlier: EarlierSide?, _ channels: Channels) {
        self.settings = settings
        self.mode = mode
        self.sources = sources
        self.earlier = earlier
        let descriptor = mode == .diff ? channels.errors : channels.output
        reporter = settings.reporter(on: descriptor, namesDomains: false)
        streamReporter = settings.reporter(on: descriptor, namesDomains: true)
        reader = DomainReader(maximumDomainSize: settings.maximumDomainSize)
    }

    func check(_ input: InputFile) -> InputReport {
        var report = InputReport()
        do {
            switch mode {
            case .report: try judge(input, &report)
            case .diff, .fix: try fix(input, &report)
            }
        } catch {
            report.failures.append(shown(error))
        }
        return report
    }

    private func judge(_ input: InputFile, _ report: inout InputReport) throws {
        let pass = try pass(over: input, fixes: false)
        defer { add(pass.findings, pass, of: input, to: &report) }
        try input.read(sources.blobs, with: reader, into: pass)
    }

    /// Passes after which fixing ends: fixes that undo each other would go on for ever.
    private static let mostPasses = 20

    /// Applies fixes until no finding has one, since a fix can lead to another finding.
    private func fix(_ input: InputFile, _ report: inout InputReport) throws {
        let original = try input.bytes(sources.blobs)
        var bytes = original
        var fixed: [Finding] = []
        for turn in 0... {
            let pass = try pass(over: input, fixes: turn < Self.mostPasses)
            do {
                try bytes.withUnsafeBytes { try InputFile.read($0, named: input.name, with: reader, into: pass) }
            } catch {
                add(pass.findings, pass, of: input, to: &report)
                throw error
            }
            guard pass.fixed.isEmpty else {
                fixed += pass.fixed
                bytes = pass.bytes
                continue
            }
            do {
                if bytes != original { try deliver(bytes, inPlaceOf: original, of: input, &report) }
            } catch {
                report.failures.append(shown(error))
                return try judge(input, &report)
            }
            // A diff changes no file, so the findings that it would fix are reported too.
            if mode == .diff { return try judge(input, &report) }
            return add(fixed + pass.findings, pass, of: input, to: &report)
        }
    }

    private func deliver(
        _ bytes: [UInt8], inPlaceOf original: [UInt8], of input: InputFile, _ report: inout InputReport
    ) throws {
        if let failure = input.failureToFix { throw failure }
        switch mode {
        case .report: break
        case .diff: report.diff = UnifiedDiff.text(path: try sources.diffNames.name(of: input), from: original, to: bytes)
        case .fix:
            if let file = input.file {
                try OrderlyEnd.uninterrupted { try FileReplacement.replace(file, from: original, with: bytes) }
            }
        }
    }

    private func pass(over input: InputFile, fixes: Bool) throws -> JudgingPass {
        let policy = try sources.policy(for: input)
        return JudgingPass(
            judge: policy.judge, path: policy.path(of: input), fixes: fixes,
            earlier: earlier.map { earlier in { earlier.earlier(for: $0, in: input) } })
    }

    private func add(_ findings: [Finding], _ pass: JudgingPass, of input: InputFile, to report: inout InputReport) {
        let reporter = input.isStream ? streamReporter : reporter
        report.remarks += pass.remarks
        report.tally.domains += pass.domains
        report.tally.files = 1
        for finding in findings {
            report.tally.add(finding)
            report.isCounted = report.isCounted || settings.counts(finding)
            if settings.shows(finding) { report.findings.append(reporter.lines(for: finding, in: input.name)) }
        }
    }
}
