# bash completion for triage(1)

_triage_ids() {
	triage list --limit 200 --json 2>/dev/null | sed -n 's/^ *"id": \([0-9]*\),*$/\1/p'
}

_triage() {
	local cur prev verb verbs options
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	verb=${COMP_WORDS[1]}
	verbs="analyze search list show status wait retry export prune doctor"
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs --help --version" -- "$cur")
		return
	fi
	case $prev in
	--state-dir | --run-dir | --root | --modules)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--vmlinux | --config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--state)
		mapfile -t COMPREPLY < <(compgen -W "queued running done failed quarantined removed" -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "ndjson" -- "$cur")
		return
		;;
	esac
	options="--json --state-dir --run-dir"
	case $verb in
	analyze) options="--vmlinux --modules --json --locks --dot --memory --no-sandbox --timeout" ;;
	search) options="--mask --range --limit --json --threads --vmlinux --no-sandbox --timeout" ;;
	list) options="$options --since --until --host --kernel --cause --severity --signature --state --limit" ;;
	show) options="$options --stack --locks --memory --log --registers --findings --dot" ;;
	wait) options="$options --timeout" ;;
	export) options="$options --since --limit --format" ;;
	prune) options="$options --forget" ;;
	doctor) options="$options --config --root" ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
		return
	fi
	case $verb in
	show | retry) mapfile -t COMPREPLY < <(compgen -W "$(_triage_ids)" -- "$cur") ;;
	wait) mapfile -t COMPREPLY < <(compgen -W "$(_triage_ids)" -f -- "$cur") ;;
	analyze | search) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}
complete -o filenames -F _triage triage
