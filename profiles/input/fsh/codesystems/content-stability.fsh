CodeSystem: ContentStabilityCodes
Id: content-stability
Title: "Stability of what a pointer leads to"
Description: "Whether what is read at the address of a pointer changes."
* insert LocalCodeSystem
* #static "Static" "What is read there is the same each time."
* #dynamic "Dynamic" "What is read there is composed anew each time and shows the plan that is in force then."
