Instance: Resource-meta-delete
InstanceOf: OperationDefinition
Usage: #definition
Title: "Profiles, tags and security labels taken away from a resource"
Description: "Profiles, tags and security labels that are taken away from a resource, as a new version of it."
* url = "https://keyplan.example/fhir/OperationDefinition/Resource-meta-delete"
* name = "ResourceMetaDelete"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #meta-delete
* base = "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete"
* comment = "As the base operation. Tags and labels are known by system and code. The security labels are R (restricted) and V (very restricted) of HL7 v3 Confidentiality; the organisation that registered the person alone gives and takes them, and none of a plan or of what it is made of while it is in force, of the person, of what they decided about sharing, of a Provenance or of a Task, because crews would take what they do not see for what there is not. The change is an update like any other: it needs If-Match where an update does, and what a plan in force is made of stays as it was signed."
* resource = #Resource
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #meta
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The profiles, tags and security labels that are taken away from those of the resource."
  * type = #Meta
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The meta of the new version."
  * type = #Meta
