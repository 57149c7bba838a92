Instance: Patient-explain-access
InstanceOf: OperationDefinition
Usage: #definition
Title: "Explain access"
Description: "Who may see what of a person's record, and why: for each role, as a system and as a person, by what they are to the person. Made by the decision that every request goes through, so it says what is done. For whoever may see the person, and for privacy officers and auditors of the organisation that registered them. It is about what carries no label: what is labelled R or V is seen by fewer."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-explain-access"
* name = "ExplainAccess"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #explain-access
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #policyVersion
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The version of the policy by which it is decided."
  * type = #string
* parameter[+]
  * name = #sharing
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "permitted or withheld: what the sharing decisions in force come to under the law that applies."
  * type = #code
* parameter[+]
  * name = #custodian
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "ODS code of the organisation that registered the person."
  * type = #string
* parameter[+]
  * name = #breakGlassForbidden
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "True where the person has decided that nobody breaks the glass."
  * type = #boolean
* parameter[+]
  * name = #cprHiddenFrom
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "From whom the person hides what was decided about CPR: patient (themself, at their own portal), proxy (all who speak for them), or RelatedPerson/ID. What access says of these is said of what does not tell it; from nobody else is it hidden."
  * type = #string
* parameter[+]
  * name = #consent
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A sharing decision in force."
  * type = #Reference
* parameter[+]
  * name = #access
  * use = #out
  * min = 1
  * max = "*"
  * documentation = "What a role may see."
  * part[+]
    * name = #kind
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "system or person."
    * type = #code
  * part[+]
    * name = #role
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The role of the caller."
    * type = #code
  * part[+]
    * name = #relationship
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "What the caller is to the person: self, custodian, general-practitioner, care-team, recipient, proxy, or none."
    * type = #code
  * part[+]
    * name = #decision
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "permit, deny, or break-glass: denied, but may be opened by breaking the glass."
    * type = #code
  * part[+]
    * name = #reason
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "permitted, or the code of the rule that denies (docs/access.md)."
    * type = #code
  * part[+]
    * name = #part
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The part of the record that the role sees: all, non-clinical, medicines, tasks or none."
    * type = #code
