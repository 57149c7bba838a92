ValueSet: PlanPointerTypeVS
Id: plan-pointer-type
Title: "Kind of plan that a pointer leads to"
Description: "Types of care plan of the national record locator that a plan of KeyPlan can be."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#736366004 "Advance care plan"
* $sct#736366004 insert Meaning([[What matters to a person, in their own words or those of someone who speaks for them.]])
* $sct#887701000000100 "Emergency health care plan"
* $sct#887701000000100 insert Meaning([[What is recommended for a person in an emergency.]])
* $sct#1382601000000107 "ReSPECT form"
* $sct#1382601000000107 insert Meaning([[An emergency care plan made in the ReSPECT process, as a form.]])
* $sct#861421000000109 "End of life care coordination summary"
* $sct#861421000000109 insert Meaning([[The summary that is made from all plans in force.]])
