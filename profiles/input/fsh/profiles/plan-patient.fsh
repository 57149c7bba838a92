Profile: PlanPatient
Parent: Patient
Id: plan-patient
Title: "Person with a plan"
Description: "The person whom a plan is about."
* identifier 1..*
