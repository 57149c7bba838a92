CodeSystem: DecisionBasisCodes
Id: decision-basis
Title: "Basis of a recommendation"
Description: "Who decided, and on what ground."
* insert LocalCodeSystem
* #clinical-recommendation "Clinical recommendation" "A clinician recommends it after talking with the person or those close to them, on clinical grounds."
* #person-refusal "Refusal by the person" "The person has the capacity to decide and refuses the intervention."
* #person-preference "Preference of the person" "The recommendation follows what the person would prefer."
* #best-interests "Best interests or benefit" "The person lacks capacity. The decision was made in their best interests (England, Wales, Northern Ireland) or for their benefit (Scotland)."
* #parental-agreement "Agreement of those with parental responsibility" "The person is a child and those who hold parental responsibility agreed."
