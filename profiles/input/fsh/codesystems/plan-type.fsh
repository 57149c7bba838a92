CodeSystem: PlanTypes
Id: plan-type
Title: "Type of plan"
Description: "The two kinds of plan that KeyPlan keeps. A person has at most one active plan of each."
* ^experimental = false
* ^caseSensitive = true
* #what-matters "What matters to me" "What the person values, fears and hopes for, and where they would like to be cared for, in their own words."
* #emergency-care "Emergency care plan" "What clinicians, together with the person, recommend in an emergency: overall focus, cardiopulmonary resuscitation and other interventions. Signed. A recommendation, not an order."
