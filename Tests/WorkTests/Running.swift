import Lint
import Reports
import SystemPackage
import TestSupport
import Work

/// Does a part of the work in this process, as the executable would: with channels that are files of the test's, and with
/// an exit status for what it throws.
func outcome(input: [UInt8] = [], _ work: (Channels) throws -> Void) -> Outcome {
    let input = ScratchFile(input), output = ScratchFile(), errors = ScratchFile()
    let channels = Channels(input: input.descriptor, output: output.descriptor, errors: errors.descriptor)
    var status: Int32 = 0
    do {
        try work(channels)
    } catch let end as ExitStatus {
        status = end.rawValue
    } catch {
        channels.complain(shown(error))
        status = ExitStatus.failed.rawValue
    }
    return Outcome(status: status, output: output.contents, errors: String(decoding: errors.contents, as: UTF8.self))
}

/// Asks a question as a command does.
///
/// - Parameter form: nil for text.
func answer(_ form: JSONForm? = nil, input: [UInt8] = [], _ ask: (Channels, Answer) throws -> Void) -> Outcome {
    outcome(input: input) { channels in try channels.answer(form) { try ask(channels, $0) } }
}

extension Settings {
    /// Settings for which no policy file is looked for.
    ///
    /// - Parameters:
    ///   - target: the value of `--default`; nil for none.
    ///   - rules: values of `--rule`.
    ///   - change: sets other things.
    static func testing(
        _ target: String? = "keep", rules: [String] = [], hosts: [String] = [], _ change: (inout Settings) -> Void = { _ in }
    ) -> Settings {
        var settings = Settings()
        settings.ignoresPolicies = true
        settings.hosts = hosts
        do {
            if let target { try settings.setTarget(target) }
            for rule in rules { try settings.setRule(rule) }
        } catch {
            preconditionFailure("\(error)")
        }
        change(&settings)
        return settings
    }

    /// Settings that look for the policy of the directory that a run starts from.
    static func discovering(_ target: String? = nil, _ change: (inout Settings) -> Void = { _ in }) -> Settings {
        testing(target) {
            $0.ignoresPolicies = false
            change(&$0)
        }
    }
}

/// A run of `filter`.
///
/// - Parameter directory: where the search for a policy starts.
func filter(_ input: [UInt8], _ settings: Settings, from directory: String = "/") -> Outcome {
    outcome(input: input) { try FilterJob(settings, from: FilePath(directory), $0).run() }
}

func filter(_ input: String, _ settings: Settings, from directory: String = "/") -> Outcome {
    filter(Array(input.utf8), settings, from: directory)
}

/// A run of `check`.
///
/// - Parameters:
///   - paths: from the directory, which is left out of the names that are printed; `-` is the input.
///   - mode: `.diff` would ask git about the directory that the tests run in.
func check(
    _ paths: [String] = ["."], _ settings: Settings = .testing(), mode: CheckMode = .report, jobs: Int = 2,
    input: String = "", in directory: TemporaryDirectory
) -> Outcome {
    var request = CheckRequest()
    request.paths = paths.map { path in
        path == "-" || path.hasPrefix("/") ? FilePath(path) : FilePath(path == "." ? directory.path : "\(directory.path)/\(path)")
    }
    request.mode = mode
    request.jobs = jobs
    return outcome(input: Array(input.utf8)) { try request.run(settings, $0) }.without(directory)
}

extension Outcome {
    /// The same with the names of files below a directory as they are called there.
    func without(_ directory: TemporaryDirectory) -> Outcome {
        var outcome = self
        outcome.output = Array(text.replacing("\(directory.path)/", with: "").utf8)
        outcome.errors = errors.replacing("\(directory.path)/", with: "")
        return outcome
    }
}
