/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks through a site's rules for those that cannot be run. */
#include "daemon/store/rule_faults.h"

#include "base/str.h"
#include "daemon/store/store.h"
#include "rules/rule_check.h"

static void note(json_t *faults, const struct rule *rule, const struct rule_fault *fault)
{
	json_t *one = json_object();

	json_put(one, "rule", json_escaped(rule->file));
	json_put(one, "line", json_integer(fault->line));
	json_put(one, "column", json_integer(fault->column));
	json_put(one, "why", json_escaped(fault->why));
	json_array_append_new(faults, one);
}

/* Of two files with one id the later speaks, and its site meant to have both. */
static struct err *check_twin(const struct rule *rule, json_t *faults)
{
	const struct rule *other = rule->replaced;
	struct rule_fault fault = {.line = 1, .column = 1};
	_free_ char *why = NULL;

	if (!other || !other->site)
		return NULL;
	if (asprintf(&why, "its id is that of %s, which is not asked", other->file) < 0)
		return &err_nomem;
	fault.why = why;
	note(faults, rule, &fault);
	return NULL;
}

struct err *rule_faults(const struct rules *rules, json_t **ret)
{
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	_json_ json_t *faults = json_array();

	TRY(store_open(":memory:", 0, &store));
	for (size_t i = 0; i < rules_count(rules); i++)
		for (const struct rule *rule = rules_at(rules, i); rule && rule->site;
		     rule = rule->replaced) {
			_rule_fault_ struct rule_fault fault = {0};

			TRY(rule_check(rule, store_db(store), &fault));
			if (fault.why)
				note(faults, rule, &fault);
			TRY(check_twin(rule, faults));
		}
	*ret = json_incref(faults);
	return NULL;
}

char *rule_fault_text(const json_t *fault)
{
	_str_ struct str text = {0};

	str_puts(&text, json_string_at(fault, "rule"));
	if (json_integer_at(fault, "line"))
		str_printf(&text, ":%lld:%lld", json_integer_at(fault, "line"),
			   json_integer_at(fault, "column"));
	str_printf(&text, ": %s", json_string_at(fault, "why"));
	if (json_integer_at(fault, "dump"))
		str_printf(&text, ", on dump %lld", json_integer_at(fault, "dump"));
	return text.failed ? NULL : str_take(&text);
}
