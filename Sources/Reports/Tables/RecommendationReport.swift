import CPUModel
import Lint

/// The CPUs that run on several hosts, for people and for programs.
package struct RecommendationReport {
    private let recommendation: Recommendation
    private let words: CPUWords
    /// For each choice, what it means for each guest.
    private let effects: [[GuestEffect]]

    /// - Parameter effects: what each choice means for the guests that were named; empty lists if none were.
    package init(_ recommendation: Recommendation, _ words: CPUWords, effects: [[GuestEffect]]) {
        self.recommendation = recommendation
        self.words = words
        self.effects = effects
    }

    /// There is a CPU for all hosts.
    package var hasAnswer: Bool { recommendation.choices.contains { $0.kind == .fastest } }

    // MARK: Text

    package var text: String {
        let answer = recommendation
        var text = printable(answer.headline) + "\n"
        if !answer.others.isEmpty { text += "Left out, because they do not run x86 guests under KVM: \(printable(answer.others.joined(separator: ", ")))\n" }
        // KubeVirt, for example, never moves a guest to a node of another vendor (kubevirt/kubevirt#16060).
        if answer.vendors.count > 1, hasAnswer {
            text += "The hosts' processors are of \(listing(answer.vendors)). Guests start on all of them, but a running guest "
                + "cannot be relied on to move between vendors.\n"
        }
        if answer.choices.contains(where: { !$0.isCertain }) {
            text += "Some hosts are known by their processors only; the output of virsh domcapabilities makes the answer certain.\n"
        }
        for (index, choice) in answer.choices.enumerated() { text += "\n" + self.text(choice, effects[index]) }
        return text
    }

    /// The choices of one kind, in their words only. If there are several, a comment before each says which hosts it is for.
    package func words(of kind: CPUChoice.Kind) -> String {
        let choices = recommendation.choices.filter { $0.kind == kind }
        if choices.count == 1 { return words.text(choices[0].cpu) }
        return choices.map { words.comment(printable(title($0))) + words.text($0.cpu) }.joined(separator: "\n")
    }

    /// Why there is no choice of a kind, as a message; nil if there is one.
    package func absence(of kind: CPUChoice.Kind) -> String? {
        if recommendation.choices.contains(where: { $0.kind == kind }) { return nil }
        let why = kind == .generation && hasAnswer ? "all hosts are of one generation" : recommendation.headline
        return printable("virt-cpu: error: no such choice: \(why)")
    }

    private func title(_ choice: CPUChoice) -> String {
        switch choice.kind {
        case .fastest: "Fastest that \(recommendation.vendors.count > 1 ? "starts" : "migrates") everywhere"
        case .portable: "Most portable"
        case .generation: "For \(choice.generation ?? "") only (\(choice.hosts.joined(separator: ", ")))"
        }
    }

    private func text(_ choice: CPUChoice, _ guests: [GuestEffect]) -> String {
        let cost = choice.cost
        var lines: [(label: String, value: String)] = [("level", choice.level?.description ?? "not known")]
        lines.append(("costs", cost.lost.isEmpty
            ? "nothing that \(cost.best) offers"
            : "\(cost.lost.count) of the \(cost.offered) features that \(cost.best) offers (\(cost.percent) %): \(listing(cost.lost))"))
        for (hosts, features) in cost.heldBackBy {
            lines.append(("held back by", "\(listing(hosts)), which \(hosts.count == 1 ? "lacks" : "lack") \(listing(features))"))
        }
        if !cost.leftOut.isEmpty, cost.leftOut.count < cost.lost.count { lines.append(("left out", "\(listing(cost.leftOut)), which all of these hosts offer")) }
        lines += guestLines(guests)
        return printable(title(choice) + ": " + choice.name) + "\n\n" + indented(words.text(choice.cpu)) + "\n" + labelled(lines, column: 14)
    }

    private func guestLines(_ guests: [GuestEffect]) -> [(label: String, value: String)] {
        if guests.isEmpty { return [("Windows", "guests notice it if they have another CPU now (--guests FILES says which)")] }
        func names(_ guests: [GuestEffect]) -> String { listing(guests.map { $0.guest ?? "a guest without a name" }) }
        let noticing = guests.filter(\.isNoticedByWindows)
        var lines = [("Windows", noticing.isEmpty ? "no guest notices it" : "\(names(noticing)) would notice it, and can ask to be activated again")]
        lines += guests.compactMap { guest in guest.shortage.map { ("guest", "\(guest.guest ?? "a guest without a name") \($0)") } }
        let exceptions = guests.filter { $0.exception != nil }
        if !exceptions.isEmpty { lines.append(("not for", "\(names(exceptions)): not under KVM on x86_64, or with a CPU of qemu:commandline")) }
        return lines
    }

    // MARK: JSON

    package var json: JSONValue {
        let value: JSONValue = [
            "headline": JSONValue(recommendation.headline), "hosts": JSONValue(recommendation.hosts),
            "leftOut": JSONValue(recommendation.others), "vendors": JSONValue(recommendation.vendors),
            "choices": .array(recommendation.choices.indices.map(json)),
        ]
        return value.described(by: "recommend")
    }

    private func json(_ index: Int) -> JSONValue {
        let choice = recommendation.choices[index], cost = choice.cost
        return [
            "kind": JSONValue(choice.kind.rawValue), "generation": JSONValue(choice.generation), "hosts": JSONValue(choice.hosts),
            "model": JSONValue(choice.cpu.model), "vendor": JSONValue(choice.cpu.vendor),
            "require": JSONValue(choice.cpu.features(.require)), "disable": JSONValue(choice.cpu.features(.disable)),
            "level": JSONValue(choice.level?.description), "certain": JSONValue(choice.isCertain),
            "comparedWith": JSONValue(cost.best), "lost": JSONValue(cost.lost), "percent": JSONValue(cost.percent), "heldBackBy": .array(cost.heldBackBy.map { ["hosts": JSONValue($0.hosts), "features": JSONValue($0.features)] }),
            "words": JSONValue(words.text(choice.cpu)),
            "guests": .array(effects[index].map { guest in
                [
                    "name": JSONValue(guest.guest), "noticedByWindows": JSONValue(guest.isNoticedByWindows),
                    "shortage": JSONValue(guest.shortage), "exception": JSONValue(guest.exception),
                ]
            }),
        ]
    }
}
