ValueSet: WhatMattersKindVS
Id: what-matters-kind
Title: "Kind of statement about what matters"
Description: "All codes that say: kind of statement about what matters."
* ^experimental = false
* include codes from system WhatMattersKindCodes
