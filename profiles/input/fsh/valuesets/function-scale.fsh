ValueSet: FunctionScaleVS
Id: function-scale
Title: "Scale of function or frailty"
Description: "The scales by which function and frailty are scored. They run in opposite directions, so a score is never shown without its scale."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#763264000 "Canadian Study of Health and Aging Clinical Frailty Scale score"
* $sct#763264000 insert Meaning([[Clinical Frailty Scale: 1 very fit to 9 terminally ill. The higher, the frailer.]])
* $sct#761869008 "Karnofsky Performance Status score"
* $sct#761869008 insert Meaning([[Karnofsky performance status: 100 no limits to 0, in tens. The lower, the more help is needed.]])
* $sct#761869008 insert Standing([[One public source of the evidence binds it; guides for cancer care outside the United Kingdom use it with the same meaning. Not for the Australia-modified scale.]])
// No public guide binds a code for the Australia-modified scale.
* PlanObservationCodes#australian-karnofsky
