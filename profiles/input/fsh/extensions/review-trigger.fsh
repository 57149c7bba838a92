Extension: ReviewTrigger
Id: review-trigger
Title: "What should trigger a review"
Description: "An event after which the plan should be looked at again before its review date, for example an admission to hospital or a change of condition."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only string
