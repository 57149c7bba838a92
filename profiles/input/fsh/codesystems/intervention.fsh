CodeSystem: InterventionCodes
Id: intervention
Title: "Interventions without an agreed SNOMED CT code"
Description: "Interventions that a recommendation can be about and for which no public United Kingdom or international guide binds a SNOMED CT concept. All others carry SNOMED CT codes."
* insert LocalCodeSystem
* #non-invasive-ventilation "Non-invasive ventilation" "Support of breathing through a mask or similar, without a tube in the windpipe."
* #artificial-nutrition "Artificial nutrition" "Feeding through a tube or a vein."
* #dialysis "Dialysis" "Treatment that does the work of failing kidneys."
