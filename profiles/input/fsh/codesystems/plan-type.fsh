CodeSystem: PlanTypeCodes
Id: plan-type
Title: "Type of plan"
Description: "The two kinds of plan that KeyPlan keeps. A person has at most one active plan of each kind."
* insert LocalCodeSystem
* #what-matters "What matters to me" "What the person values, fears and hopes for, and where they would like to be cared for, in their own words or those of someone who speaks for them."
* #emergency-care "Emergency care plan" "What clinicians, together with the person, recommend in an emergency: the overall focus of care, cardiopulmonary resuscitation and other interventions. Signed by a clinician. A recommendation, not an order."
