// What all local code systems have in common.
RuleSet: LocalCodeSystem
* ^experimental = false
* ^caseSensitive = true

// What all extensions have in common.
RuleSet: LocalExtension
* ^experimental = false

// What a code of a value set means, in plain English, where its code system is not ours.
RuleSet: Meaning(definition)
* ^extension[0].url = "http://hl7.org/fhir/StructureDefinition/valueset-concept-definition"
* ^extension[0].valueString = "{definition}"

// Why a code is used although one public source alone binds it, and what is to be done about that.
RuleSet: Standing(comment)
* ^extension[1].url = "http://hl7.org/fhir/StructureDefinition/valueset-concept-comments"
* ^extension[1].valueString = "{comment}"
