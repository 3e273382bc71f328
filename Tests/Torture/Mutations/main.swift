// torture-mutations: mutated definitions through filter's code in this process, against the oracle.
//
//   run SEED COUNT BLOCK DIRECTORY   in blocks: writes each input into DIRECTORY/files, what it came to into
//                                    DIRECTORY/verdicts, says so on stdout, and goes on when a line comes on stdin
//   input SEED INDEX                 one of the inputs
//   try SEED INDEX                   the same, and what comes of it
//   compare OLD NEW                  whether two files differ only in the <cpu> of their domains
//   arguments                        of `virt-cpu` for each configuration, a line each
//
// A crash leaves the indices that were worked on in DIRECTORY/current.
import Glibc
import TestSupport

let words = Array(CommandLine.arguments.dropFirst())
switch (words.first, words.count) {
case ("run", 5):
    exit(Driver(seed: UInt64(words[1])!, count: Int(words[2])!, block: Int(words[3])!, directory: words[4]).run() ? 0 : 1)
case ("input", 3):
    var mutator = Mutator(corpus: Driver.corpus, seed: UInt64(words[1])!)
    send(mutator.input(Int(words[2])!), to: STDOUT_FILENO)
case ("try", 3):
    // One of the inputs, alone.
    let index = Int(words[2])!
    var mutator = Mutator(corpus: Driver.corpus, seed: UInt64(words[1])!)
    let configuration = Configuration.all[index % Configuration.all.count]
    let trial = Trial(mutator.input(index), configuration, try configuration.judge(), choice: index)
    say("\(trial.kind): \(trial.failure ?? "nothing wrong")")
    say("\(trial.filtered.error.map { "\($0)" } ?? "no error"), \(trial.filtered.parts)")
case ("compare", 3):
    if let difference = Comparison.difference(Corpus.read(words[1]), Corpus.read(words[2])) {
        say(difference)
        exit(1)
    }
case ("arguments", 1):
    for configuration in Configuration.all { say(configuration.arguments.joined(separator: "\t")) }
default:
    say("usage: torture-mutations run SEED COUNT BLOCK DIRECTORY | input SEED INDEX | try SEED INDEX | compare OLD NEW | arguments")
    exit(2)
}
