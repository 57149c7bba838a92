ValueSet: ConsentCategoryVS
Id: consent-category
Title: "What a Consent records"
Description: "All codes of the code system ConsentCategoryCodes."
* ^experimental = false
* include codes from system ConsentCategoryCodes
