CodeSystem: OverallFocusCodes
Id: overall-focus
Title: "Overall focus of emergency care"
Description: "What care in an emergency should aim for above all (section 4 of a ReSPECT-style plan). Exactly one is chosen."
* insert LocalCodeSystem
* #extend-life "Prioritise extending life" "Treatment that may extend life comes first, even where it is burdensome or causes discomfort."
* #balance "Balance extending life with comfort and valued outcomes" "Treatment that may extend life is wanted as long as its burden is in proportion to comfort and to the outcomes that the person values."
* #comfort "Prioritise comfort" "Relief of symptoms and comfort come first. Treatment whose only aim is to extend life is not the focus."
