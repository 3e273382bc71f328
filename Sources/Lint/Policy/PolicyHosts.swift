extension Policy {
    /// The names of a guest's hosts: those that the entry names itself or through a cluster. Nil if none of them is among
    /// the given ones, or if the entry names no hosts; the guest then has to run on all of them.
    ///
    /// - Parameter names: the names of all hosts.
    func hosts(of entry: GuestEntry, among names: [String]) -> [Int]? {
        guard let words = entry.hosts else { return nil }
        let indices = names.indices.filter { index in
            words.contains { word in
                guard let cluster = clusters.first(where: { $0.name == word.word }) else { return word.matches(names[index]) }
                return cluster.contains(names[index])
            }
        }
        return indices.isEmpty ? nil : indices
    }

    /// Checks that each word in `clusters` and in the entries' `hosts` names a host or a cluster.
    ///
    /// - Parameters:
    ///   - names: the names of the policy's hosts.
    ///   - file: the path of the policy, for errors only.
    /// - Throws: the first word that names nothing, with its place.
    public func check(hostsNamed names: [String], in file: String) throws(PolicyError) {
        try check(hostsNamed: names, in: [file])
    }

    /// The same for a policy that was made of several documents.
    ///
    /// - Parameters:
    ///   - names: the names of the hosts.
    ///   - files: the paths of the documents, for errors only.
    public func check(hostsNamed names: [String], in files: [String]) throws(PolicyError) {
        let known = clusters.map(\.name)
        for cluster in clusters {
            if let wrong = cluster.hosts.first(where: { word in !names.contains(where: word.matches) }) {
                throw unknown(wrong, among: names, names, in: files)
            }
        }
        for entry in guests {
            for word in entry.hosts ?? [] where !known.contains(word.word) && !names.contains(where: word.matches) {
                throw unknown(word, among: names + known, names, in: files)
            }
        }
    }

    private func unknown(_ word: HostName, among words: [String], _ names: [String], in files: [String]) -> PolicyError {
        let hosts = names.isEmpty ? "the policy names no hosts" : "the policy's hosts are \(listing(names))"
        let all = clusters.isEmpty || words == names ? hosts : "\(hosts); its clusters are \(listing(clusters.map(\.name)))"
        return PolicyError(
            file: files[word.document], line: word.line, column: word.column,
            message: Glob.isPattern(word.word)
                ? "no host matches \(quoted(word.word))" : "unknown host \(quoted(word.word))\(didYouMean(nearest(word.word, among: words)))",
            help: all)
    }
}
