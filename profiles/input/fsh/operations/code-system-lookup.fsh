Instance: CodeSystem-lookup
InstanceOf: OperationDefinition
Usage: #definition
Title: "What a code means"
Description: "The display and definition of a code, and what else its code system says of it."
* url = "https://keyplan.example/fhir/OperationDefinition/CodeSystem-lookup"
* name = "CodeSystemLookup"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #lookup
* base = "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup"
* comment = "As the base operation, without date. What is loaded: the code systems and value sets of this package, and those that elements of FHIR R4 are bound to as far as R4 holds them whole. SNOMED CT, LOINC and UCUM are not loaded. A code of a code system that is not loaded is answered by an error that says so."
* resource = #CodeSystem
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #code
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The code to look up."
  * type = #code
* parameter[+]
  * name = #system
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Its code system."
  * type = #uri
* parameter[+]
  * name = #version
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The version of the code system."
  * type = #string
* parameter[+]
  * name = #coding
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The code to look up as a Coding."
  * type = #Coding
* parameter[+]
  * name = #displayLanguage
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "English (en), which is the language of the displays that are loaded; another is refused."
  * type = #code
* parameter[+]
  * name = #property
  * use = #in
  * min = 0
  * max = "*"
  * documentation = "Properties to be told, such as definition, parent and child; all where none is named."
  * type = #code
* parameter[+]
  * name = #name
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The name of the code system."
  * type = #string
* parameter[+]
  * name = #version
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Its version."
  * type = #string
* parameter[+]
  * name = #display
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "What the code is called."
  * type = #string
* parameter[+]
  * name = #designation
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Another name of it."
  * part[+]
    * name = #language
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Its language."
    * type = #code
  * part[+]
    * name = #use
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What it is for."
    * type = #Coding
  * part[+]
    * name = #value
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The name."
    * type = #string
* parameter[+]
  * name = #property
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Something that the code system says of it."
  * part[+]
    * name = #code
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Which property."
    * type = #code
  * part[+]
    * name = #value
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Its value: a code for parent and child, else a string."
    * type = #Element
