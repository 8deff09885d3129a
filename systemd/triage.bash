# bash completion for triage(1). Verbs and options are those that --help tells of.

_triage_ids() {
	"$1" list --limit 200 --json 2>/dev/null | sed -n 's/^ *"id": \([0-9]*\),*$/\1/p'
}

_triage_rules() {
	"$1" rules list --json 2>/dev/null | sed -n 's/^ *"id": "\([A-Za-z0-9._-]*\)",*$/\1/p'
}

# What the last dumps have in a column. compgen -W expands its words: nothing of a dump may be more than a word.
_triage_values() {
	"$1" list --limit 200 --json 2>/dev/null | sed -n 's/^ *"'"$2"'": "\([A-Za-z0-9._:+~@-]*\)",*$/\1/p' | sort -u
}

_triage_verbs() {
	"$1" --help 2>/dev/null | sed -n 's/^  \([a-z]\+\) .*/\1/p'
}

_triage_options() {
	"$1" "$2" --help 2>/dev/null | grep -oE -- '--[a-z]+(-[a-z]+)*' | sort -u
}

_triage() {
	local program cur prev verb
	program=${COMP_WORDS[0]}
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	verb=${COMP_WORDS[1]}
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_triage_verbs "$program") help --help --version -h -V" -- "$cur")
		return
	fi
	case $prev in
	--store)
		mapfile -t COMPREPLY < <(compgen -W "postgresql:// service=" -- "$cur")
		return
		;;
	--state-dir | --run-dir | --keep | --rules-dir | --root | --modules | --sysroot)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--vmlinux | --profile | --output | --config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--state)
		mapfile -t COMPREPLY < <(compgen -W "queued running done failed quarantined removed" -- "$cur")
		return
		;;
	--group-by)
		mapfile -t COMPREPLY < <(compgen -W "signature kernel host hardware cause" -- "$cur")
		return
		;;
	--severity)
		mapfile -t COMPREPLY < <(compgen -W "info notice warning critical" -- "$cur")
		return
		;;
	--cause)
		mapfile -t COMPREPLY < <(compgen -W "hardware firmware memory_corruption use_after_free double_free wild_pointer \
			null_dereference deadlock lockup hang assertion out_of_memory stack_overflow \
			divide_error requested none unknown" -- "$cur")
		return
		;;
	--since | --until)
		[[ $verb == list || $verb == signatures || $verb == hosts ]] && mapfile -t COMPREPLY < <(compgen -W "today yesterday" -- "$cur")
		return
		;;
	--host | --kernel | --signature)
		mapfile -t COMPREPLY < <(compgen -W "$(_triage_values "$program" "${prev#--}")" -- "$cur")
		return
		;;
	--fields)
		mapfile -t COMPREPLY < <(compgen -W "id time age state host kernel cause severity confidence headline \
			signature seen path uid size layout" -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "ndjson" -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_triage_options "$program" "$verb")" -- "$cur")
		return
	fi
	case $verb in
	help) mapfile -t COMPREPLY < <(compgen -W "$(_triage_verbs "$program")" -- "$cur") ;;
	show | retry | annotate | similar | diff) mapfile -t COMPREPLY < <(compgen -W "$(_triage_ids "$program")" -- "$cur") ;;
	rules)
		case $prev in
		rules) mapfile -t COMPREPLY < <(compgen -W "list show check run explain case test" -- "$cur") ;;
		show | run | case) mapfile -t COMPREPLY < <(compgen -W "$(_triage_rules "$program")" -f -- "$cur") ;;
		check | test) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "$(_triage_ids "$program")" -f -- "$cur") ;;
		esac
		;;
	wait) mapfile -t COMPREPLY < <(compgen -W "$(_triage_ids "$program")" -f -- "$cur") ;;
	fleet) mapfile -t COMPREPLY < <(compgen -W "init upgrade prune watch alerts" -- "$cur") ;;
	report) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
	analyze | search | profile) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -o filenames -F _triage triage
