Instance: Resource-meta-add
InstanceOf: OperationDefinition
Usage: #definition
Title: "Profiles and tags added to a resource"
Description: "Profiles and tags that are added to a resource, as a new version of it."
* url = "https://keyplan.example/fhir/OperationDefinition/Resource-meta-add"
* name = "ResourceMetaAdd"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #meta-add
* base = "http://hl7.org/fhir/OperationDefinition/Resource-meta-add"
* comment = "As the base operation, for profiles and tags. Security labels are KeyPlan's own and are refused. A tag is known by system and code. The change is an update like any other: it needs If-Match where an update does, and what a plan in force is made of stays as it was signed."
* resource = #Resource
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #meta
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The profiles and tags that are added to those of the resource."
  * type = #Meta
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The meta of the new version."
  * type = #Meta
