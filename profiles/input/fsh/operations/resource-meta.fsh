Instance: Resource-meta
InstanceOf: OperationDefinition
Usage: #definition
Title: "Labels of a resource, or those in use"
Description: "The profiles, tags and security labels of a resource; or those that resources of a type, or of all types, carry."
* url = "https://keyplan.example/fhir/OperationDefinition/Resource-meta"
* name = "ResourceMeta"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #meta
* base = "http://hl7.org/fhir/OperationDefinition/Resource-meta"
* comment = "As the base operation. At type and system level the labels of what the token may not read, or of persons whose record is not shared with the caller, are left out."
* resource = #Resource
* system = true
* type = true
* instance = true
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The meta of the resource with its version, or the labels in use."
  * type = #Meta
