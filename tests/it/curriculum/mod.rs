mod exemptions;
mod migration;
mod pages;
mod rules;
mod versions;
