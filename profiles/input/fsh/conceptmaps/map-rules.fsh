// How a map is written: a source code, then its targets, each with the equivalence and, where it is not plain, why.

RuleSet: From(code, display)
* group[=].element[+].code = #{code}
* group[=].element[=].display = "{display}"

RuleSet: To(code, display, equivalence)
* group[=].element[=].target[+].code = #{code}
* group[=].element[=].target[=].display = "{display}"
* group[=].element[=].target[=].equivalence = #{equivalence}

// An element of a profile, by its id.
RuleSet: ToElement(id, equivalence)
* group[=].element[=].target[+].code = #{id}
* group[=].element[=].target[=].equivalence = #{equivalence}

RuleSet: ToNothing(why)
* group[=].element[=].target[+].equivalence = #unmatched
* group[=].element[=].target[=].comment = "{why}"

RuleSet: Because(why)
* group[=].element[=].target[=].comment = "{why}"
