ValueSet: KeyInformationVS
Id: key-information
Title: "Item of key information"
Description: "What the Key Information Summary and the ePCS extract ask for and no other resource of a plan holds."
* ^experimental = false
* PlanObservationCodes#allergies
* PlanObservationCodes#current-medicines
* PlanObservationCodes#syringe-driver
* PlanObservationCodes#care-arrangements
* PlanObservationCodes#other-agencies
* PlanObservationCodes#continence-products
* PlanObservationCodes#moving-handling
* PlanObservationCodes#home-oxygen
* PlanObservationCodes#contact-own-gp
* PlanObservationCodes#gp-will-certify
* PlanObservationCodes#out-of-hours-information
* PlanObservationCodes#main-diagnoses
* PlanObservationCodes#relevant-history
* PlanObservationCodes#baseline-function
* PlanObservationCodes#deterioration-triggers
* PlanObservationCodes#palliative-treatment
* PlanObservationCodes#palliative-register
* PlanObservationCodes#person-aware-diagnosis
* PlanObservationCodes#person-aware-prognosis
* PlanObservationCodes#carer-aware-diagnosis
* PlanObservationCodes#carer-aware-prognosis
* PlanObservationCodes#incapacity-certificate
* PlanObservationCodes#shared-assessment
* PlanObservationCodes#self-management-plan
* PlanObservationCodes#other-planning-documents
