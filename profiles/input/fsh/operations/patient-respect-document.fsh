Instance: Patient-respect-document
InstanceOf: OperationDefinition
Usage: #definition
Title: "Emergency care plan as a document"
Description: "An emergency care plan of the person as a FHIR document, as a page, or as A4 paper with a QR code that CarePlan/$verify-current understands."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-respect-document"
* name = "RespectDocumentOperation"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #respect-document
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #plan
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The plan to show, also a draft or one that has ended. Without it, the plan in force."
  * type = #Reference
  * targetProfile = Canonical(AnticipatoryCarePlan)
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "A Bundle of type document."
  * type = #Bundle
