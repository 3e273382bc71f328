import DomainXML
import LibvirtWords
import Lint
import Reports

/// Checks inputs one after the other. Each thread has its own.
final class InputChecker {
    private let settings: Settings
    private let mode: CheckMode
    private let sources: InputSources
    private let earlier: EarlierSide?
    private let comment: SuppressionComment?
    private let formatters: [@Sendable ([Finding], InputFile) -> String]
    private let reader: DomainReader
    /// What the summary calls the policy of the input that is being checked.
    private var policy: String?

    init(
        _ settings: Settings, mode: CheckMode, _ sources: InputSources, _ earlier: EarlierSide?,
        comment: SuppressionComment?, _ formatters: [@Sendable ([Finding], InputFile) -> String]
    ) {
        self.comment = comment
        self.settings = settings
        self.mode = mode
        self.sources = sources
        self.earlier = earlier
        self.formatters = formatters
        reader = DomainReader(maximumDomainSize: settings.maximumDomainSize)
    }

    /// - Parameter handOver: takes parts of the report before the input is read to its end, if there are many findings. An
    ///   error that it throws ends the reading.
    func check(_ input: InputFile, handOver: ((InputReport) throws -> Void)? = nil) -> InputReport {
        var report = InputReport()
        policy = nil
        do {
            switch mode {
            case .report: try judge(input, &report, handOver)
            case .diff, .fix: try fix(input, &report)
            }
        } catch let failure as IOFailure where failure.isMalformed && !input.isStream {
            switch (try? input.bytes(sources.blobs, limit: StrangeInput.mostBytes)).flatMap({
                StrangeInput.remark(
                    on: $0, named: input.name, wasFound: isFound(input) && report.tally.domains == 0, isIllFormed: failure.isIllFormed)
            }) {
            case .some(let remark):
                report.remarks += [remark].compactMap { $0 }
                report.tally.files = 1
            case nil: report.failures.append(ReportedFailure(failure, in: input.name))
            }
        } catch {
            report.failures.append(ReportedFailure(error, in: input.name))
        }
        report.policy = policy
        return report
    }

    /// Whether nobody named the input: it was found below a directory, or by git.
    private func isFound(_ input: InputFile) -> Bool {
        if case .blob = input.content { return true }
        return input.foundBelow != nil
    }

    private func judge(_ input: InputFile, _ report: inout InputReport, _ handOver: ((InputReport) throws -> Void)? = nil) throws {
        let batch = batch(of: input, handOver)
        let pass = try pass(over: input, fixes: false) { findings, remarks in
            batch.add(findings, remarks)
            try batch.handOverIfFull()
        }
        defer { add(batch, pass, to: &report) }
        try input.read(sources.blobs, with: reader, into: pass)
        noteWhole(pass, &report)
        if pass.domains == 0 { try judgeOther(pass, of: input, &report) }
    }

    /// Judges an input without a domain: a lone `<cpu>`. For another that somebody named, it says that nothing is judged.
    private func judgeOther(_ pass: JudgingPass, of input: InputFile, _ report: inout InputReport) throws {
        let root = StrangeInput.rootName(of: pass.strange)
        guard root == "cpu" else {
            if isFound(input) { return }
            let isHost = ["capabilities", "domainCapabilities"].contains(root)
            return report.remarks.append(isHost ? .hostNotGuest(input.name) : .withoutDomain(input.name))
        }
        guard pass.strange.count < JudgingPass.mostStrange, let cpu = LoneCPU(pass.strange) else {
            report.remarks.append(.notJudged(what: input.name, reason: "it is a <cpu> without a <domain>, and not a guest's"))
            return
        }
        let judging = try self.pass(over: input, fixes: false, knowsEarlier: false)
        try cpu.bytes.withUnsafeBytes { try InputFile.read($0, named: input.name, with: reader, into: judging) }
        report.remarks.append(.loneCPU(input.name))
        add(judging.news.map(cpu.placed), judging, of: input, to: &report)
    }

    /// Passes after which fixing ends: fixes that undo each other would go on for ever.
    private static let mostPasses = 20

    /// Applies fixes until no finding has one, since a fix can lead to another finding. Fixes after which a domain has an
    /// error, and had none before, are left out.
    private func fix(_ input: InputFile, _ report: inout InputReport) throws {
        if input.isLink { return try judge(input, &report) }
        let original = try input.bytes(sources.blobs)
        var content = EditedContent(original)
        var first: JudgingPass?
        var fixed: [Finding] = []
        var left = LeftOutFixes()
        var last: [Finding] = []
        var turn = 0
        while true {
            let pass = try pass(over: input, fixes: turn < Self.mostPasses, leavingOut: left)
            do {
                try InputFile.read(content.pieces, named: input.name, with: reader, into: pass)
            } catch {
                add(pass.news, pass, of: input, to: &report)
                throw error
            }
            if turn == 0 {
                first = pass
                left.begin(withErrors: pass.errors)
            } else if let error = left.add(last, becauseOf: pass.errors) {
                report.remarks.append(.notFixed(what: input.name, reason: "\(error.message) [\(error.rule)]"))
                (content, fixed, last, turn) = (EditedContent(original), [], [], 0)
                continue
            }
            turn += 1
            guard pass.fixed.isEmpty else {
                last = pass.fixed
                fixed += pass.fixed
                content.apply(pass.edits)
                continue
            }
            do {
                if !fixed.isEmpty { try deliver(content.bytes, inPlaceOf: original, of: input, &report) }
            } catch {
                report.failures.append(ReportedFailure(error, in: input.name))
                return try judge(input, &report)
            }
            if let comment { return add(pass, suppressing: fixed, by: comment, of: input, to: &report) }
            if pass.domains == 0 { return try judge(input, &report) }
            if mode == .diff, let first {
                // A diff changes no file, so the findings that it would fix are reported too.
                noteWhole(first, &report)
                return add(first.news, first, of: input, to: &report)
            }
            noteWhole(pass, &report)
            return add(fixed + pass.news, pass, of: input, to: &report)
        }
    }

    /// The content of an input after `--fix`; nil if nothing is fixed.
    func fixed(_ input: InputFile) throws -> [UInt8]? {
        var report = InputReport()
        try fix(input, &report)
        return report.fixed
    }

    private func add(
        _ pass: JudgingPass, suppressing findings: [Finding], by comment: SuppressionComment, of input: InputFile,
        to report: inout InputReport
    ) {
        if pass.findings.contains(where: { comment.rules.contains($0.rule) }) { report.remarks.append(.notSuppressed(input.name)) }
        report.tally.suppressed += findings.count
        for rule in comment.rules {
            for finding in pass.findings where finding.notes.contains(where: { $0.includes("[\(rule)]") }) {
                report.remarks.append(.partOfFinding(rule: rule, of: finding.rule))
            }
        }
        add(pass.news, pass, of: input, to: &report)
    }

    /// Notes that an input was read to its end, so that its findings are complete.
    private func noteWhole(_ pass: JudgingPass, _ report: inout InputReport) {
        guard let known = pass.known else { return }
        known.findings?.noteChecked(known.file)
        if known.findings == nil, pass.domains > 0 { report.records = (pass.records, known.file) }
    }

    private func deliver(
        _ bytes: [UInt8], inPlaceOf original: [UInt8], of input: InputFile, _ report: inout InputReport
    ) throws {
        if bytes == original { return }
        if let failure = input.failureToFix { throw failure }
        switch mode {
        case .report: report.fixed = bytes
        case .diff:
            report.diff = InputDiff(path: try sources.diffNames.name(of: input), from: original, to: bytes)
        case .fix:
            if let file = input.file {
                try FileReplacement.replace(file, below: input.confinement, from: original, with: bytes)
            }
        }
    }

    private func pass(
        over input: InputFile, fixes: Bool, knowsEarlier: Bool = true, leavingOut left: LeftOutFixes = LeftOutFixes(),
        deliver: (([Finding], [Remark]) throws -> Void)? = nil
    ) throws -> JudgingPass {
        let policy = try sources.policy(for: input)
        self.policy = policy.name ?? "none"
        return JudgingPass(
            judge: policy.judge, name: input.name, path: policy.path(of: input), fixes: fixes, leavingOut: left,
            comment: comment, known: try sources.known(for: input),
            earlier: !knowsEarlier ? nil : earlier.map { earlier in { earlier.earlier(for: $0, in: input) } }, deliver: deliver)
    }

    private func add(_ findings: [Finding], _ pass: JudgingPass, of input: InputFile, to report: inout InputReport) {
        let batch = batch(of: input)
        batch.add(findings, pass.remarks)
        add(batch, pass, to: &report)
    }

    private func add(_ batch: FindingBatch, _ pass: JudgingPass, to report: inout InputReport) {
        report.add(batch.takeRest())
        report.tally.domains += pass.domains
        report.tally.known += pass.knownCount
        report.tally.files = 1
    }

    private func batch(of input: InputFile, _ handOver: ((InputReport) throws -> Void)? = nil) -> FindingBatch {
        FindingBatch(settings, format: { [formatters] findings in formatters.map { $0(findings, input) } }, handOver: handOver)
    }
}
