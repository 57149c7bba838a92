// How a question is written: each leaf says, in `definition`, which element its answer becomes (test/plan/extract.test.ts holds it true).

RuleSet: Group(linkId, text)
* linkId = "{linkId}"
* type = #group
* text = "{text}"

RuleSet: Question(linkId, type, definition, text)
* linkId = "{linkId}"
* definition = "https://keyplan.example/fhir/StructureDefinition/{definition}"
* type = #{type}
* text = "{text}"

RuleSet: Words(linkId, definition, text)
* insert Question({linkId}, text, {definition}, [[{text}]])
* maxLength = 2000

RuleSet: Line(linkId, definition, text)
* insert Question({linkId}, string, {definition}, [[{text}]])
* maxLength = 200

RuleSet: OneToTen(linkId, definition, text)
* insert Question({linkId}, integer, {definition}, [[{text}]])
* extension[0].url = "http://hl7.org/fhir/StructureDefinition/minValue"
* extension[0].valueInteger = 1
* extension[1].url = "http://hl7.org/fhir/StructureDefinition/maxValue"
* extension[1].valueInteger = 10

RuleSet: Option(system, code, display)
* answerOption[+].valueCoding = {system}#{code} "{display}"

RuleSet: KeyPlanOption(system, code, display)
* answerOption[+].valueCoding.system = "https://keyplan.example/fhir/CodeSystem/{system}"
* answerOption[=].valueCoding.code = #{code}
* answerOption[=].valueCoding.display = "{display}"

RuleSet: OnlyWhen(question, operator, system, code)
* enableWhen[+].question = "{question}"
* enableWhen[=].operator = #{operator}
* enableWhen[=].answerCoding = {system}#{code}

RuleSet: YesNo(linkId, definition, text)
* insert Question({linkId}, boolean, {definition}, [[{text}]])

RuleSet: Required
* required = true

RuleSet: Repeats
* repeats = true

RuleSet: WhyAbsent
* insert Option(http://terminology.hl7.org/CodeSystem/data-absent-reason, not-asked, [[Not Asked]])
* insert Option(http://terminology.hl7.org/CodeSystem/data-absent-reason, asked-declined, [[Asked But Declined]])
* insert Option(http://terminology.hl7.org/CodeSystem/data-absent-reason, asked-unknown, [[Asked But Unknown]])

RuleSet: OnlyAfter(question)
* enableWhen[+].question = "{question}"
* enableWhen[=].operator = #exists
* enableWhen[=].answerBoolean = true

RuleSet: OnlyWithout(question)
* enableWhen[+].question = "{question}"
* enableWhen[=].operator = #exists
* enableWhen[=].answerBoolean = false
