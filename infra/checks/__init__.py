"""What can be said about the infrastructure without a cloud and without the Bicep compiler."""
