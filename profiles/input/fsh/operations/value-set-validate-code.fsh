Instance: ValueSet-validate-code
InstanceOf: OperationDefinition
Usage: #definition
Title: "Whether a code is in a value set"
Description: "Whether a code is in a value set, and what it is called."
* url = "https://keyplan.example/fhir/OperationDefinition/ValueSet-validate-code"
* name = "ValueSetValidateCode"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #validate-code
* base = "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code"
* comment = "As the base operation, without context and date. What is loaded: the code systems and value sets of this package, and those that elements of FHIR R4 are bound to as far as R4 holds them whole. SNOMED CT, LOINC and UCUM are not loaded. Where the answer would need what is not loaded, it is an error that names the code system: the code cannot be checked, which is not the same as false."
* resource = #ValueSet
* system = false
* type = true
* instance = true
* parameter[+]
  * name = #url
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The canonical address of the value set, with or without its version behind a bar."
  * type = #uri
* parameter[+]
  * name = #valueSet
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The value set itself, by POST: in the Parameters, or as the body with the other parameters in the query."
  * type = #ValueSet
* parameter[+]
  * name = #valueSetVersion
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The version of the value set that url names."
  * type = #string
* parameter[+]
  * name = #code
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The code to look at."
  * type = #code
* parameter[+]
  * name = #display
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "What stands beside the code; a text that its code system does not know for it makes the result false."
  * type = #string
* parameter[+]
  * name = #coding
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The code to look at as a Coding."
  * type = #Coding
* parameter[+]
  * name = #codeableConcept
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Codes of which one must be right."
  * type = #CodeableConcept
* parameter[+]
  * name = #abstract
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True where a code that only groups others may stand."
  * type = #boolean
* parameter[+]
  * name = #displayLanguage
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "English (en), which is the language of the displays that are loaded; another is refused."
  * type = #code
* parameter[+]
  * name = #system
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The code system of the parameter code."
  * type = #uri
* parameter[+]
  * name = #systemVersion
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Its version."
  * type = #string
* parameter[+]
  * name = #result
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "True where the code is right."
  * type = #boolean
* parameter[+]
  * name = #message
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Where it is not: why."
  * type = #string
* parameter[+]
  * name = #display
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "What the code is called."
  * type = #string
