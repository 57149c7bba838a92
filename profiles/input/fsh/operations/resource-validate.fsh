Instance: Resource-validate
InstanceOf: OperationDefinition
Usage: #definition
Title: "Whether a resource is valid"
Description: "Everything that is wrong with a resource, whether it is sent or stored, and whether it could be written. Nothing is stored."
* url = "https://keyplan.example/fhir/OperationDefinition/Resource-validate"
* name = "ResourceValidate"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #validate
* base = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
* comment = "As the base operation, at system level too, with profile repeated and with definition beside it. The body is the resource, with profile and mode in the query, or Parameters. Any type of R4 is validated, those that are not stored here as well. Whatever is found, the answer is 200 with an OperationOutcome: 4xx says that there is nothing to validate. Each issue has a stable code, the element, and the line and column of the text that was sent. The last ones say what was checked and what could not be, because it is not loaded."
* resource = #Resource
* system = true
* type = true
* instance = true
* parameter[+]
  * name = #resource
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "What to validate. At instance level, without it, the resource that is stored."
  * type = #Resource
* parameter[+]
  * name = #mode
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "profile: whether it is valid, and no more. create, update, delete: also whether the id and version are those that such a write needs. No write is made."
  * type = #code
* parameter[+]
  * name = #profile
  * use = #in
  * min = 0
  * max = "*"
  * documentation = "A profile to hold the resource against, with or without its version behind a bar, besides its type and those in meta.profile."
  * type = #uri
* parameter[+]
  * name = #definition
  * use = #in
  * min = 0
  * max = "*"
  * documentation = "A StructureDefinition (with or without a snapshot), ValueSet or CodeSystem to know for this call alone, so that a profile can be tried before it is published."
  * type = #Resource
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "What was found; without an issue of severity error or fatal the resource is valid."
  * type = #OperationOutcome
