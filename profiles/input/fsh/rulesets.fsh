// What all local code systems have in common.
RuleSet: LocalCodeSystem
* ^experimental = false
* ^caseSensitive = true

// What all extensions have in common.
RuleSet: LocalExtension
* ^experimental = false
