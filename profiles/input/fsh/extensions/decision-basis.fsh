Extension: DecisionBasis
Id: decision-basis
Title: "Basis of the recommendation"
Description: "Who decided and on what ground: a clinical recommendation is not a refusal by the person, and neither is a preference."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only code
* value[x] from DecisionBasisVS (required)
