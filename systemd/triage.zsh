#compdef triage
# zsh completion for triage(1). Verbs and options are those that --help tells of; what comes from dumps is data.

_triage_verbs() {
	local -a verbs
	verbs=(${(f)"$($program --help 2>/dev/null | sed -n 's/^  \([a-z]\{1,\}\)  *\(.*\)/\1:\2/p')"})
	_describe -t verbs verb verbs
}

_triage_options() {
	local -a options
	options=(${(f)"$($program $verb --help 2>/dev/null |
		sed -nE 's/^  (-[a-zA-Z], )?(--[a-z]+(-[a-z]+)*)[^ ]*( [^ ]+)?  +(.*)/\2:\5/p')"})
	_describe -o options option options
}

_triage_ids() {
	local -a ids
	ids=(${(f)"$(COLUMNS=200 $program list --limit 200 --fields id,headline 2>/dev/null |
		sed -n '2,$ s/^\([0-9]\{1,\}\)  *\(.*\)/\1:\2/p')"})
	_describe -t ids 'dump' ids
}

# What the last dumps have in a column.
_triage_values() {
	local -a values
	values=(${(fu)"$($program list --limit 200 --json 2>/dev/null |
		sed -n 's/^ *"'$1'": "\([A-Za-z0-9._:+~@-]*\)",*$/\1/p')"})
	compadd -a values
}

_triage_rules() {
	local -a rules
	rules=(${(f)"$($program rules list --json 2>/dev/null | sed -n 's/^ *"id": "\([A-Za-z0-9._-]*\)",*$/\1/p')"})
	compadd -a rules
}

_triage() {
	local program=$words[1] verb=$words[2] before=$words[CURRENT-1]

	if (( CURRENT == 2 )); then
		_triage_verbs
		return
	fi
	case $before in
	--state-dir | --run-dir | --keep | --rules-dir | --root | --modules | --sysroot) _files -/; return ;;
	--vmlinux | --profile | --output | --config | -o) _files; return ;;
	--store) compadd -S '' postgresql:// service=; return ;;
	--group-by) compadd signature kernel host hardware cause; return ;;
	--state) compadd queued running done failed quarantined removed; return ;;
	--severity) compadd info notice warning critical; return ;;
	--cause)
		compadd hardware firmware memory_corruption use_after_free double_free wild_pointer null_dereference \
			deadlock lockup hang assertion out_of_memory stack_overflow divide_error requested none unknown
		return
		;;
	--since | --until) compadd today yesterday; return ;;
	--host | --kernel | --signature) _triage_values ${before#--}; return ;;
	--fields) compadd id time age state host kernel cause severity confidence headline signature seen path uid size layout; return ;;
	--format) compadd ndjson; return ;;
	esac
	if [[ $PREFIX == -* ]]; then
		_triage_options
		return
	fi
	case $verb in
	help) _triage_verbs ;;
	show | retry | annotate | similar | diff) _triage_ids ;;
	wait) _triage_ids; _files ;;
	report) _files -/ ;;
	rules)
		case $before in
		rules) compadd list show check run explain case test ;;
		show | run | case) _triage_rules; _files ;;
		check | test) _files ;;
		*) _triage_ids; _files ;;
		esac
		;;
	fleet) compadd init upgrade prune watch alerts ;;
	analyze | search | profile) _files ;;
	esac
}

_triage "$@"
