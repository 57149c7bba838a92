Instance: ValueSet-expand
InstanceOf: OperationDefinition
Usage: #definition
Title: "The codes of a value set"
Description: "The codes of a value set, as a list, a page at a time where there are many."
* url = "https://keyplan.example/fhir/OperationDefinition/ValueSet-expand"
* name = "ValueSetExpand"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #expand
* base = "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"
* comment = "As the base operation, without context, date and the parameters that name versions and systems, which are refused. What is loaded: the code systems and value sets of this package, and those that elements of FHIR R4 are bound to as far as R4 holds them whole. SNOMED CT, LOINC and UCUM are not loaded. A value set that draws a whole code system that is not loaded, or filters one, is refused with the reason; a code that it lists of such a system stands as it is listed, and the parameter unchecked of the expansion names the system. More than 1,000 codes are listed only a page at a time (too-costly)."
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
  * name = #filter
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Only codes of which each word of this begins a word of the display, or the code."
  * type = #string
* parameter[+]
  * name = #offset
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "How many codes to pass over."
  * type = #integer
* parameter[+]
  * name = #count
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Codes a page, 1,000 at most; with 0 only the total is told."
  * type = #integer
* parameter[+]
  * name = #includeDesignations
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True to have other names of a code as well."
  * type = #boolean
* parameter[+]
  * name = #includeDefinition
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True to have the definition of the value set as well."
  * type = #boolean
* parameter[+]
  * name = #activeOnly
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True to leave out retired codes."
  * type = #boolean
* parameter[+]
  * name = #excludeNested
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True, or left out: codes are never nested."
  * type = #boolean
* parameter[+]
  * name = #excludeNotForUI
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True to leave out what only groups other codes."
  * type = #boolean
* parameter[+]
  * name = #displayLanguage
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "English (en), which is the language of the displays that are loaded; another is refused."
  * type = #code
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The value set with its expansion, whose parameters name the code systems, with versions, in which codes were looked up."
  * type = #ValueSet
