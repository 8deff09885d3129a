# fish completion for triage(1). Verbs and options are those that --help tells of; what comes from dumps is data.

function __triage_verbs -a program
    $program --help 2>/dev/null | sed -n 's/^  \([a-z]\{1,\}\)  *\(.*\)/\1\t\2/p'
end

function __triage_options -a program verb
    $program $verb --help 2>/dev/null |
        sed -nE 's/^  (-[a-zA-Z], )?(--[a-z]+(-[a-z]+)*)[^ ]*( [^ ]+)?  +(.*)/\2\t\5/p'
end

function __triage_ids -a program
    COLUMNS=200 $program list --limit 200 --fields id,headline 2>/dev/null |
        sed -n '2,$ s/^\([0-9]\{1,\}\)  *\(.*\)/\1\t\2/p'
end

# What the last dumps have in a column.
function __triage_values -a program column
    $program list --limit 200 --json 2>/dev/null |
        sed -n 's/^ *"'$column'": "\([A-Za-z0-9._:+~@-]*\)",*$/\1/p' | sort -u
end

function __triage_rules -a program
    $program rules list --json 2>/dev/null | sed -n 's/^ *"id": "\([A-Za-z0-9._-]*\)",*$/\1/p'
end

function __triage_paths
    __fish_complete_path (commandline -ct)
end

function __triage_value -a program before
    switch $before
        case --state-dir --run-dir --keep --rules-dir --root --modules --sysroot
            __fish_complete_directories (commandline -ct)
        case --vmlinux --profile --output --config -o
            __triage_paths
        case --store
            printf '%s\n' postgresql:// service=
        case --group-by
            printf '%s\n' signature kernel host hardware cause
        case --state
            printf '%s\n' queued running done failed quarantined removed
        case --severity
            printf '%s\n' info notice warning critical
        case --cause
            printf '%s\n' hardware firmware memory_corruption use_after_free double_free wild_pointer \
                null_dereference deadlock lockup hang assertion out_of_memory stack_overflow divide_error \
                requested none unknown
        case --since --until
            printf '%s\n' today yesterday
        case --host --kernel --signature
            __triage_values $program (string replace -- -- '' $before)
        case --fields
            printf '%s\n' id time age state host kernel cause severity confidence headline signature seen path uid size layout
        case --format
            printf '%s\n' ndjson
        case '*'
            return 1
    end
end

function __triage_word -a program verb before
    switch $verb
        case help
            __triage_verbs $program
        case show retry annotate similar diff
            __triage_ids $program
        case wait
            __triage_ids $program
            __triage_paths
        case rules
            switch $before
                case rules
                    printf '%s\n' list show check run explain case test
                case show run case
                    __triage_rules $program
                    __triage_paths
                case check test
                    __triage_paths
                case '*'
                    __triage_ids $program
                    __triage_paths
            end
        case fleet
            printf '%s\n' init upgrade prune watch alerts
        case analyze search profile report
            __triage_paths
    end
end

function __triage_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)

    if test (count $words) -eq 1
        __triage_verbs $words[1]
    else if __triage_value $words[1] $words[-1]
        return
    else if string match -q -- '-*' $current
        __triage_options $words[1] $words[2]
    else
        __triage_word $words[1] $words[2] $words[-1]
    end
end

complete -c triage -f -a '(__triage_complete)'
