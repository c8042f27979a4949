mod exemptions;
mod pages;
mod rules;
mod versions;
