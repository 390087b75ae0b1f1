/**
 * What a shell sources. Each asks `stack __complete WORD... CURRENT` and shows its answer: a line is `word<TAB>meaning`, and the
 * last line is `:files`, `:folders` or `:words`.
 */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# stack: completion for bash
_stack() {
  local line words=() mode=":words"
  local current="\${COMP_WORDS[COMP_CWORD]}"
  # A colon or = splits words in bash; they are put together again.
  local typed="\${COMP_LINE:0:COMP_POINT}"
  local -a parts
  read -r -a parts <<< "$typed"
  [[ "$typed" == *[[:space:]] ]] && parts+=("")
  local whole="\${parts[\${#parts[@]}-1]}"
  while IFS= read -r line; do
    case "$line" in
      :*) mode="$line" ;;
      *) words+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${parts[0]}" __complete "\${parts[@]:1}" 2>/dev/null)
  COMPREPLY=()
  local word cut="\${whole%"$current"}"
  for word in "\${words[@]}"; do
    [[ "$word" == "$whole"* ]] && COMPREPLY+=("\${word#"$cut"}")
  done
  case "$mode" in
    :files) compopt -o default 2>/dev/null; [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$current")) ;;
    :folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")) ;;
  esac
  [[ \${#COMPREPLY[@]} -eq 1 && ( "\${COMPREPLY[0]}" == *= || "\${COMPREPLY[0]}" == *: ) ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _stack stack
`,
  zsh: `#compdef stack
_stack() {
  local line mode=":words"
  local -a entries
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :*) mode="$line" ;;
      *$'\\t'*) entries+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      ?*) entries+=("\${line//:/\\\\:}") ;;
    esac
  done
  (( \${#entries} )) && _describe -V 'stack' entries
  case "$mode" in
    :files) _files ;;
    :folders) _files -/ ;;
  esac
}
compdef _stack stack
`,
  fish: `# stack: completion for fish
function __stack_complete
  set -l typed (commandline -opc) (commandline -ct)
  for line in ($typed[1] __complete $typed[2..-1] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path (commandline -ct)
      case ':folders'
        __fish_complete_directories (commandline -ct)
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete -c stack -f -a '(__stack_complete)'
`,
}
