Extension: ReviewDate
Id: review-date
Title: "Review due"
Description: "The day on which the plan or the decision should be looked at again. It does not expire on that day."
Context: CarePlan, Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only date
