import LibvirtWords

/// ArgumentParser's completion scripts, with what their shells need for words of several parts: `tag:windows=error`,
/// `qemu:///system`, `hosts/hv01.xml`.
enum CompletionScript {
    /// A script as it is printed. Text that is no script stays the same.
    static func completed(_ text: String) -> String {
        if text.hasPrefix("#!/bin/bash\n") { return text + bash }
        guard text.hasPrefix("#compdef ") else { return text }
        // `--option=value`, too: the sign behind the name of an option with a value says that it is possible.
        return text.replacingEach(zshGroups, with: zshGroupsOfParts).split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in endOfName(in: line).map { line[..<$0] + "=" + line[$0...] } ?? line }
            .joined(separator: "\n")
    }

    /// The place behind the name, in a line about an option with a value: `    '*--host[A host.]:host:_files'`.
    private static func endOfName(in line: Substring) -> String.Index? {
        let quoted = line.drop { $0 == " " }
        let option = quoted.dropFirst(quoted.hasPrefix("'*") ? 2 : 1)
        guard line.hasPrefix(" "), quoted.hasPrefix("'"), option.hasPrefix("--"),
            let end = option.firstIndex(of: "["), option[end...].includes("]:")
        else { return nil }
        return option[..<end].allSatisfy { $0 == "-" || ("a"..."z").contains($0) } ? end : nil
    }

    /// bash splits words at `:` and `=`, so the words are joined again before the generated function is called, and what
    /// stands before the last part is cut off its answers. The quoting of file names is for answers that are files.
    private static let bash = #"""

        _virt-cpu_joined() {
            local rest="${COMP_LINE}" line="${COMP_LINE}" word blanks actual="${COMP_WORDS[COMP_CWORD]}"
            local -a joined=()
            local -i index current=0 is_split=0
            for index in "${!COMP_WORDS[@]}"; do
                word="${COMP_WORDS[index]}"
                blanks="${rest%%[![:space:]]*}"
                rest="${rest#"${blanks}"}"
                rest="${rest#"${word}"}"
                if [[ -z "${word}" || -n "${blanks}" || "${#joined[@]}" -eq 0 ]]; then
                    joined+=("${word}")
                    is_split=0
                elif [[ "${joined[-1]}" = --* && "${word}" = '=' && "${is_split}" -eq 0 ]]; then
                    # --option=value: the value is a word of its own.
                    line="${line/"${joined[-1]}="/"${joined[-1]} "}"
                    joined+=('')
                    is_split=1
                else
                    joined[-1]+="${word}"
                fi
                [[ "${index}" -eq "${COMP_CWORD}" ]] && current="${#joined[@]}-1"
            done
            [[ "${actual}" = [:=]* ]] && actual=''
            local part="${joined[current]%"${actual}"}"

            local -a COMP_WORDS=("${joined[@]}")
            local COMP_LINE="${line}" COMP_CWORD="${current}"
            _virt-cpu "${1}" "${joined[current]}" "${joined[current - 1]}"

            local is_file=false is_open=true
            for index in "${!COMPREPLY[@]}"; do
                word="${COMPREPLY[index]}"
                [[ -e "${word/#'~/'/"${HOME}/"}" ]] && is_file=true
                [[ "${word}" = *[=/] ]] || is_open=false
                COMPREPLY[index]="${word#"${part}"}"
            done
            "${is_file}" || compopt +o filenames 2>/dev/null
            "${is_open}" && compopt -o nospace 2>/dev/null
            return 0
        }

        complete -o filenames -F _virt-cpu_joined virt-cpu
        """#

    /// How the generated script hands words to zsh.
    private static let zshGroups = #"""
            local -ar non_empty_completions=("${@:#(|:*)}")
            local -ar empty_completions=("${(M)@:#(|:*)}")
            _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
        """#

    /// The same, with a colon that is part of a word: zsh takes what follows for a description. Words that can go on get no
    /// blank behind them.
    private static let zshGroupsOfParts = #"""
            local -ar escaped=("${@//:/\\:}")
            local -ar open_completions=("${(M)escaped[@]:#*[/=]}")
            local -ar non_empty_completions=("${escaped[@]:#(|*[/=])}")
            local -ar empty_completions=("${(M)escaped[@]:#}")
            _describe -V '' non_empty_completions -- open_completions -S '' -- empty_completions -P $'\'\''
        """#
}
